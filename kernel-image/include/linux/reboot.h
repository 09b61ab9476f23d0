/* Ending or restarting the machine. */
#ifndef _LINUX_REBOOT_H
#define _LINUX_REBOOT_H

#define LINUX_REBOOT_MAGIC1 0xfee1dead
#define LINUX_REBOOT_MAGIC2 672274793
#define LINUX_REBOOT_CMD_RESTART 0x01234567
#define LINUX_REBOOT_CMD_HALT 0xCDEF0123
#define LINUX_REBOOT_CMD_CAD_ON 0x89ABCDEF
#define LINUX_REBOOT_CMD_CAD_OFF 0x00000000
#define LINUX_REBOOT_CMD_POWER_OFF 0x4321FEDC

/* kernel_* print their line, stop the other CPUs and do not come back. */
void kernel_restart(char *cmd);
void kernel_power_off(void);
void kernel_halt(void);
void emergency_restart(void);
void machine_restart(char *cmd);
void machine_power_off(void);
void machine_halt(void);

extern int C_A_D;
extern struct pid *cad_pid;
void ctrl_alt_del(void);

#endif
