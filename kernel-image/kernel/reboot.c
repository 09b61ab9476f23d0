/* Ending or restarting the machine: the system call, Ctrl-Alt-Del, and the way down. */
#include <linux/reboot.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

int C_A_D = 1;
struct pid *cad_pid;

void kernel_restart(char *cmd)
{
	system_state = SYSTEM_RESTART;
	if (cmd)
		pr_emerg("reboot: Restarting system with command '%s'\n", cmd);
	else
		pr_emerg("reboot: Restarting system\n");
	machine_restart(cmd);
}

void kernel_halt(void)
{
	system_state = SYSTEM_HALT;
	pr_emerg("reboot: System halted\n");
	machine_halt();
}

void kernel_power_off(void)
{
	system_state = SYSTEM_POWER_OFF;
	pr_emerg("reboot: Power down\n");
	machine_power_off();
}

void emergency_restart(void)
{
	machine_restart(NULL);
}

/* C_A_D says whether the keys restart at once or leave it to init. */
void ctrl_alt_del(void)
{
	if (C_A_D)
		kernel_restart(NULL);
	else
		kill_pid(cad_pid, SIGINT, 1);
}

#define LINUX_REBOOT_MAGIC2A 85072278
#define LINUX_REBOOT_MAGIC2B 369367448
#define LINUX_REBOOT_MAGIC2C 537993216

SYSCALL_DEFINE4(reboot, int, magic1, int, magic2, unsigned int, cmd, void __user *, arg)
{
	if (!capable_root())
		return -EPERM;
	if (magic1 != (int)LINUX_REBOOT_MAGIC1 ||
	    (magic2 != LINUX_REBOOT_MAGIC2 && magic2 != LINUX_REBOOT_MAGIC2A &&
	     magic2 != LINUX_REBOOT_MAGIC2B && magic2 != LINUX_REBOOT_MAGIC2C))
		return -EINVAL;
	switch (cmd) {
	case LINUX_REBOOT_CMD_RESTART:
		kernel_restart(NULL);
		break;
	case LINUX_REBOOT_CMD_CAD_ON:
		C_A_D = 1;
		break;
	case LINUX_REBOOT_CMD_CAD_OFF:
		C_A_D = 0;
		break;
	case LINUX_REBOOT_CMD_HALT:
		kernel_halt();
		break;
	case LINUX_REBOOT_CMD_POWER_OFF:
		kernel_power_off();
		break;
	default:
		return -EINVAL;
	}
	return 0;
}
