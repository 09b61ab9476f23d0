/* Clocks and calendar time (UTC). */
#pragma once
#include <sys/types.h>

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_THREAD_CPUTIME_ID 3

struct timespec { time_t tv_sec; long tv_nsec; };
struct tm { int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday; };

int clock_gettime(int clock, struct timespec *now);
int clock_settime(int clock, const struct timespec *now);
int nanosleep(const struct timespec *duration, struct timespec *left);
time_t time(time_t *now);
struct tm *gmtime_r(const time_t *when, struct tm *tm);
size_t strftime(char *buf, size_t size, const char *format, const struct tm *tm);
