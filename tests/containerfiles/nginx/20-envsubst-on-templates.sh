#!/bin/sh
# Writes /etc/nginx/conf.d/NAME from /etc/nginx/templates/NAME.template, with the variables of the environment.
set -e
for template in /etc/nginx/templates/*.template; do
	[ -e "$template" ] || continue
	name=$(basename "$template" .template)
	envsubst "$(env | sed 's/^\([^=]*\)=.*/${\1}/' | tr '\n' ' ')" <"$template" >"/etc/nginx/conf.d/$name"
done
