/* The kernel's log. */
#pragma once

#define SYSLOG_ACTION_READ_ALL		3
#define SYSLOG_ACTION_CLEAR		5
#define SYSLOG_ACTION_CONSOLE_LEVEL	8
#define SYSLOG_ACTION_SIZE_BUFFER	10

int klogctl(int action, char *buf, int len);
