/* The values that mark a free entry of the hash sets in scan/value_sets. */

#ifndef CTIOS_VALUE_SETS_H
#define CTIOS_VALUE_SETS_H

#include <stdint.h>

/* Of a set of numbers: no number on the wire has this value. */
#define CTIOS_NO_NUMBER INT64_MIN
/* Of a set of texts: more words than a text has. An enumeration may not hold it. */
#define CTIOS_NO_ENTRY UINT32_MAX

#endif
