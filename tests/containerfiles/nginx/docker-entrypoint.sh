#!/bin/sh
# Prepares a server's configuration before the first start, then becomes the server.
set -e
if [ "$1" = nginx ]; then
	for script in /docker-entrypoint.d/*.sh; do
		echo "$0: Launching $script"
		"$script"
	done
	echo "$0: Configuration complete; ready for start up"
fi
exec "$@"
