/* The soft-lockup watchdog. */
#ifndef _LINUX_NMI_H
#define _LINUX_NMI_H

extern int watchdog_thresh;	/* seconds; a CPU that schedules nothing for twice as long is locked up */

void lockup_detector_init(void);
void watchdog_tick(void);			/* from the tick */
void touch_softlockup_watchdog(void);		/* whoever busies this CPU for long, and knows it */
void touch_softlockup_watchdog_sched(void);	/* this CPU was idle */

#endif
