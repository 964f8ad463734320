/* The values that mark a free entry of the hash sets in scan/value_sets. */

#ifndef CTIOS_VALUE_SETS_H
#define CTIOS_VALUE_SETS_H

#include <stdint.h>

/* For sets of numbers: no number on the wire has this value. */
#define CTIOS_NO_NUMBER INT64_MIN
/* For sets of texts: more words than any text has. It is a macro because it may not fit in an enum. */
#define CTIOS_NO_ENTRY UINT32_MAX

#endif
