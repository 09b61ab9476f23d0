/* Shared by the files of init/. */
#ifndef _INIT_INIT_H
#define _INIT_INIT_H

#define MAX_INIT_ARGS 32
#define MAX_INIT_ENVS 32

extern const char *argv_init[MAX_INIT_ARGS + 2];
extern const char *envp_init[MAX_INIT_ENVS + 2];

void setup_command_line(char *command_line);
void parse_args(void);
void do_pre_smp_initcalls(void);
void do_initcalls(void);
void do_ctors(void);
void wait_for_initramfs(void);
void prepare_namespace(void);
void do_sysctl_args(void);

#endif
