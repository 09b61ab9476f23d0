/* What uname(2) and the banner say. */
#ifndef _LINUX_VERSION_H
#define _LINUX_VERSION_H

#define UTS_RELEASE "5.10.0-hartbeat"
#define UTS_VERSION "#1 SMP PREEMPT"

#endif
