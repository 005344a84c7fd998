// The directory where gcr keeps data.

#ifndef DATA_H
#define DATA_H

#include <limits.h>

// Opens the directory called name in gcr's data directory, and makes both if they are missing. The data directory is $GCR_DATA_DIR; or
// for root /var/lib/gcr, where that can be written; or ${XDG_DATA_HOME:-~/.local/share}/gcr. Writes its path to path. Dies on
// failure, and if it belongs to another user.
int data_open_directory(const char *name, char path[PATH_MAX]);

#endif
