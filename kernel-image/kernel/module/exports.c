/* The kernel's side of the interface to modules: everything that they may use, by subject. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <asm/io.h>
#include <asm/stacktrace.h>

void __stack_chk_fail(void);

/* Messages and mistakes */
EXPORT_SYMBOL(printk);
EXPORT_SYMBOL(panic);
EXPORT_SYMBOL(dump_stack);
EXPORT_SYMBOL(__warn);
EXPORT_SYMBOL(__bug);
EXPORT_SYMBOL(__might_sleep);
EXPORT_SYMBOL(__stack_chk_fail);

/* Text and memory */
EXPORT_SYMBOL(memcpy);
EXPORT_SYMBOL(memmove);
EXPORT_SYMBOL(memset);
EXPORT_SYMBOL(memcmp);
EXPORT_SYMBOL(memchr);
EXPORT_SYMBOL(strlen);
EXPORT_SYMBOL(strcmp);
EXPORT_SYMBOL(strncmp);
EXPORT_SYMBOL(strcpy);
EXPORT_SYMBOL(strscpy);
EXPORT_SYMBOL(strchr);
EXPORT_SYMBOL(strsep);
EXPORT_SYMBOL(strim);
EXPORT_SYMBOL(kstrdup);
EXPORT_SYMBOL(snprintf);
EXPORT_SYMBOL(scnprintf);
EXPORT_SYMBOL(kstrtoul);
EXPORT_SYMBOL(kstrtoint);
EXPORT_SYMBOL(kstrtouint);
EXPORT_SYMBOL(kmalloc);
EXPORT_SYMBOL(kzalloc);
EXPORT_SYMBOL(krealloc);
EXPORT_SYMBOL(kfree);
EXPORT_SYMBOL(vmalloc);
EXPORT_SYMBOL(vfree);
EXPORT_SYMBOL(kmem_cache_create);
EXPORT_SYMBOL(kmem_cache_alloc);
EXPORT_SYMBOL(kmem_cache_free);
EXPORT_SYMBOL(kmem_cache_destroy);
EXPORT_SYMBOL(alloc_pages);
EXPORT_SYMBOL(__free_pages);
EXPORT_SYMBOL(get_random_bytes);

/* Parameters */
EXPORT_SYMBOL(param_ops_int);
EXPORT_SYMBOL(param_ops_uint);
EXPORT_SYMBOL(param_ops_ulong);
EXPORT_SYMBOL(param_ops_bool);
EXPORT_SYMBOL(param_ops_charp);
EXPORT_SYMBOL(try_module_get);
EXPORT_SYMBOL(module_put);
EXPORT_SYMBOL(request_module);

/* Tasks, waiting and time */
EXPORT_SYMBOL(schedule);
EXPORT_SYMBOL(schedule_timeout_uninterruptible);
EXPORT_SYMBOL(preempt_schedule);
EXPORT_SYMBOL(spin_lock_slowpath);
EXPORT_SYMBOL(spin_lockup_suspected);
EXPORT_SYMBOL(read_lock);
EXPORT_SYMBOL(read_unlock);
EXPORT_SYMBOL(write_lock_irq);
EXPORT_SYMBOL(write_unlock_irq);
EXPORT_SYMBOL(lockdep_enabled);
EXPORT_SYMBOL(lockdep_spin_lock);
EXPORT_SYMBOL(lockdep_spin_trylock);
EXPORT_SYMBOL(lockdep_spin_unlock);
EXPORT_SYMBOL(wake_up_process);
EXPORT_SYMBOL(kthread_create_on_node);
EXPORT_SYMBOL(kthread_stop);
EXPORT_SYMBOL(kthread_should_stop);
EXPORT_SYMBOL(__wake_up);
EXPORT_SYMBOL(prepare_to_wait);
EXPORT_SYMBOL(finish_wait);
EXPORT_SYMBOL(autoremove_wake_function);
EXPORT_SYMBOL(complete);
EXPORT_SYMBOL(wait_for_completion);
EXPORT_SYMBOL(wait_for_completion_timeout);
EXPORT_SYMBOL(__mutex_init);
EXPORT_SYMBOL(mutex_lock);
EXPORT_SYMBOL(mutex_lock_interruptible);
EXPORT_SYMBOL(mutex_trylock);
EXPORT_SYMBOL(mutex_unlock);
EXPORT_SYMBOL(down_read);
EXPORT_SYMBOL(up_read);
EXPORT_SYMBOL(down_write);
EXPORT_SYMBOL(up_write);
EXPORT_SYMBOL(jiffies);
EXPORT_SYMBOL(ktime_get);
EXPORT_SYMBOL(udelay);
EXPORT_SYMBOL(timer_setup);
EXPORT_SYMBOL(mod_timer);
EXPORT_SYMBOL(del_timer_sync);
EXPORT_SYMBOL_GPL(hrtimer_init);
EXPORT_SYMBOL_GPL(hrtimer_start);
EXPORT_SYMBOL_GPL(hrtimer_cancel);
EXPORT_SYMBOL(INIT_WORK);
EXPORT_SYMBOL(system_wq);
EXPORT_SYMBOL(queue_work);
EXPORT_SYMBOL(flush_work);
EXPORT_SYMBOL_GPL(synchronize_rcu);
EXPORT_SYMBOL_GPL(call_rcu);

/* Files and devices */
EXPORT_SYMBOL(noop_llseek);
EXPORT_SYMBOL(copy_to_iter);
EXPORT_SYMBOL(copy_from_iter);
EXPORT_SYMBOL(seq_printf);
EXPORT_SYMBOL(misc_register);
EXPORT_SYMBOL(misc_deregister);
EXPORT_SYMBOL_GPL(platform_driver_register);
EXPORT_SYMBOL_GPL(platform_driver_unregister);
EXPORT_SYMBOL_GPL(platform_get_irq);
EXPORT_SYMBOL_GPL(devm_platform_ioremap_resource);
EXPORT_SYMBOL(of_property_read_string);
EXPORT_SYMBOL(ioremap);
EXPORT_SYMBOL(iounmap);
EXPORT_SYMBOL(request_irq);

/* Tests */
EXPORT_SYMBOL_GPL(kunit_run_suites);
EXPORT_SYMBOL_GPL(kunit_kzalloc);
EXPORT_SYMBOL_GPL(kunit_info);
EXPORT_SYMBOL_GPL(kunit_mark_skipped);
EXPORT_SYMBOL_GPL(kunit_abort);
EXPORT_SYMBOL_GPL(kunit_fail);
EXPORT_SYMBOL_GPL(kunit_binary_failed);
EXPORT_SYMBOL_GPL(kunit_string_failed);
