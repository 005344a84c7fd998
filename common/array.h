// Arrays.

#ifndef GCR_ARRAY_H
#define GCR_ARRAY_H

// The number of an array's elements.
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#endif
