/* The soft-lockup watchdog, and the search for tasks that hang. */
#ifndef _LINUX_NMI_H
#define _LINUX_NMI_H

extern int watchdog_thresh;	/* seconds; a CPU that schedules nothing for twice as long is locked up */

extern int softlockup_panic;
extern int sysctl_hung_task_timeout_secs;	/* 0: off */
void hung_task_timeout_changed(void);

void lockup_detector_init(void);
void watchdog_tick(void);			/* from the tick */
void touch_softlockup_watchdog(void);		/* whoever busies this CPU for long, and knows it */
void touch_softlockup_watchdog_sched(void);	/* this CPU was idle */

#endif
