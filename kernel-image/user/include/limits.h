/* Limits of types and of the system. */
#pragma once

#define INT_MAX		__INT_MAX__
#define LONG_MAX	__LONG_MAX__
#define ULONG_MAX	(LONG_MAX * 2UL + 1)
#define PATH_MAX	4096
