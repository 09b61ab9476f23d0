/* Busy and sleeping delays. */
#ifndef _LINUX_DELAY_H
#define _LINUX_DELAY_H

extern unsigned long loops_per_jiffy;
void calibrate_delay(void);
void udelay(unsigned long usecs);
void msleep(unsigned int msecs);

#endif
