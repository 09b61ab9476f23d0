/* The periodic tick, and stopping it while a CPU idles. */
#ifndef _LINUX_TICK_H
#define _LINUX_TICK_H

#include <linux/types.h>

struct pt_regs;

void tick_init(void);
void tick_setup_cpu(void);	/* starts this CPU's tick */
void tick_shutdown_cpu(void);
void tick_update_jiffies(void);	/* the tick may be late: brings jiffies up to the clock */
void tick_program_event(void);
void tick_handle_periodic(bool user);
void tick_nohz_idle_enter(void);
void tick_nohz_idle_stop_tick(void);
void tick_nohz_idle_restart_tick(void);
void tick_nohz_idle_exit(void);
void tick_nohz_irq_enter(void);	/* an interrupt found the CPU idle: the clock may be behind */
unsigned long get_next_timer_interrupt(int cpu);
void run_local_timers(void);
void timer_clock_event_program(u64 cycles);

#endif
