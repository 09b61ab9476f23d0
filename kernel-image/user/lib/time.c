/* Calendar time in UTC, after the civil-from-days arithmetic of the Gregorian calendar. */
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char days[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

time_t time(time_t *now)
{
	struct timespec ts = { 0, 0 };

	clock_gettime(CLOCK_REALTIME, &ts);
	if (now)
		*now = ts.tv_sec;
	return ts.tv_sec;
}

static int is_leap(int year)
{
	return year % 4 == 0 && (year % 100 || year % 400 == 0);
}

struct tm *gmtime_r(const time_t *when, struct tm *tm)
{
	long day = *when / 86400, second = *when % 86400;
	long era, year_of_era, day_of_era, day_of_year, month;	/* the year begins in March */

	if (second < 0) {
		second += 86400;
		day--;
	}
	tm->tm_hour = second / 3600;
	tm->tm_min = second / 60 % 60;
	tm->tm_sec = second % 60;
	tm->tm_wday = ((day + 4) % 7 + 7) % 7;
	day += 719468;		/* days from 0000-03-01 to the epoch */
	era = (day >= 0 ? day : day - 146096) / 146097;
	day_of_era = day - era * 146097;
	year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month = (5 * day_of_year + 2) / 153;
	tm->tm_mday = day_of_year - (153 * month + 2) / 5 + 1;
	tm->tm_mon = month < 10 ? month + 2 : month - 10;
	tm->tm_year = year_of_era + era * 400 + (tm->tm_mon < 2) - 1900;
	tm->tm_yday = tm->tm_mon < 2 ? day_of_year - 306 : day_of_year + 59 + is_leap(tm->tm_year + 1900);
	return tm;
}

static int field(char *out, size_t size, char c, const struct tm *tm)
{
	int hour = tm->tm_hour % 12 ? tm->tm_hour % 12 : 12;

	switch (c) {
	case 'a': return snprintf(out, size, "%.3s", days + 3 * tm->tm_wday);
	case 'b': return snprintf(out, size, "%.3s", months + 3 * tm->tm_mon);
	case 'd': return snprintf(out, size, "%02d", tm->tm_mday);
	case 'e': return snprintf(out, size, "%2d", tm->tm_mday);
	case 'j': return snprintf(out, size, "%03d", tm->tm_yday + 1);
	case 'm': return snprintf(out, size, "%02d", tm->tm_mon + 1);
	case 'y': return snprintf(out, size, "%02d", tm->tm_year % 100);
	case 'Y': return snprintf(out, size, "%d", tm->tm_year + 1900);
	case 'H': return snprintf(out, size, "%02d", tm->tm_hour);
	case 'I': return snprintf(out, size, "%02d", hour);
	case 'M': return snprintf(out, size, "%02d", tm->tm_min);
	case 'S': return snprintf(out, size, "%02d", tm->tm_sec);
	case 'p': return snprintf(out, size, "%s", tm->tm_hour < 12 ? "AM" : "PM");
	case 'Z': return snprintf(out, size, "UTC");
	case 'F': return strftime(out, size, "%Y-%m-%d", tm);
	case 'T': return strftime(out, size, "%H:%M:%S", tm);
	case 'R': return strftime(out, size, "%H:%M", tm);
	case 'n': return snprintf(out, size, "\n");
	case '%': return snprintf(out, size, "%%");
	default: return snprintf(out, size, "%%%c", c);
	}
}

size_t strftime(char *buf, size_t size, const char *format, const struct tm *tm)
{
	size_t len = 0;

	for (; *format && len + 1 < size; format++) {
		if (*format == '%' && format[1])
			len += field(buf + len, size - len, *++format, tm);
		else
			buf[len++] = *format;
	}
	if (len >= size)
		return 0;
	buf[len] = '\0';
	return len;
}
