#!/bin/sh
# Gives the data to redis, then becomes the server as this user.
set -e
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then set -- redis-server "$@"; fi

if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
	find . \! -user redis -exec chown redis '{}' +
	exec setpriv --reuid redis --regid redis --clear-groups -- "$0" "$@"
fi

if [ "$(umask)" = 0022 ]; then umask 0077; fi
exec "$@"
