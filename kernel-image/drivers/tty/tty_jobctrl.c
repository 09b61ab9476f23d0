/* Job control: which session a terminal belongs to, and which of its process groups is in the foreground. */
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>
#include <linux/tty.h>
#include <linux/uaccess.h>

struct pid *tty_get_pgrp(struct tty_struct *tty)
{
	unsigned long flags;
	struct pid *pgrp;

	spin_lock_irqsave(&tty->ctrl_lock, flags);
	pgrp = tty->pgrp ? get_pid(tty->pgrp) : NULL;
	spin_unlock_irqrestore(&tty->ctrl_lock, flags);
	return pgrp;
}

static void replace_pid(struct tty_struct *tty, struct pid **place, struct pid *pid)
{
	struct pid *old;
	unsigned long flags;

	if (pid)
		get_pid(pid);
	spin_lock_irqsave(&tty->ctrl_lock, flags);
	old = *place;
	*place = pid;
	spin_unlock_irqrestore(&tty->ctrl_lock, flags);
	if (old)
		put_pid(old);
}

static bool is_ignored(int sig)
{
	return sigismember(&current->blocked, sig) ||
	       current->sighand->action[sig - 1].sa.sa_handler == SIG_IGN;
}

/* Whether a background process may go on. SIGTTIN that cannot stop it fails the read; SIGTTOU then lets it pass. */
int job_control(struct tty_struct *tty, int sig)
{
	struct pid *mine = task_pgrp(current->group_leader), *foreground;
	int ret = 0;

	if (current->signal->tty != tty)
		return 0;
	foreground = tty_get_pgrp(tty);
	if (foreground && foreground != mine) {
		if (is_ignored(sig)) {
			ret = sig == SIGTTIN ? -EIO : 0;
		} else if (is_current_pgrp_orphaned()) {
			ret = -EIO;
		} else {
			kill_pgrp(mine, sig, 1);
			set_thread_flag(TIF_SIGPENDING);
			ret = -ERESTARTSYS;
		}
	}
	if (foreground)
		put_pid(foreground);
	return ret;
}

int tty_check_change(struct tty_struct *tty)
{
	return job_control(tty, SIGTTOU);
}

/* tasklist_lock is held for writing. */
static void proc_set_tty(struct tty_struct *tty)
{
	replace_pid(tty, &tty->session, task_session(current->group_leader));
	replace_pid(tty, &tty->pgrp, task_pgrp(current->group_leader));
	current->signal->tty = tty;
}

/* A session leader without a terminal gets the first one that it opens and nobody has. */
void tty_open_proc_set_tty(struct file *file, struct tty_struct *tty)
{
	if (!(file->f_mode & FMODE_READ))
		return;
	write_lock_irq(&tasklist_lock);
	if (current->signal->leader && !current->signal->tty && !tty->session)
		proc_set_tty(tty);
	write_unlock_irq(&tasklist_lock);
}

/* tasklist_lock is held for writing: nobody in the session has the terminal any longer. */
static void session_clear_tty(struct pid *session)
{
	struct task_struct *p;

	do_each_pid_task(session, PIDTYPE_SID, p)
		p->signal->tty = NULL;
	while_each_pid_task(session, PIDTYPE_SID, p)
}

/* The session leader gives the terminal up, by its exit or by TIOCNOTTY: the line is hung up on the session. */
void disassociate_ctty(bool on_exit)
{
	struct tty_struct *tty = current->signal->tty;
	struct pid *pgrp;

	if (!tty)
		return;
	pgrp = tty_get_pgrp(tty);
	if (on_exit)
		tty_hangup(tty);
	if (pgrp) {
		kill_pgrp(pgrp, SIGHUP, 1);
		kill_pgrp(pgrp, SIGCONT, 1);
		put_pid(pgrp);
	}
	write_lock_irq(&tasklist_lock);
	session_clear_tty(task_session(current->group_leader));
	current->signal->tty = NULL;
	replace_pid(tty, &tty->session, NULL);
	replace_pid(tty, &tty->pgrp, NULL);
	write_unlock_irq(&tasklist_lock);
}

/* The line itself is gone: its session, leader and foreground, is told, and has no terminal any more. */
void tty_vhangup(struct tty_struct *tty)
{
	struct task_struct *p;

	tty_hangup(tty);
	write_lock_irq(&tasklist_lock);
	if (tty->session) {
		siginfo_t hup = { .si_signo = SIGHUP, .si_code = SI_KERNEL }, cont = { .si_signo = SIGCONT, .si_code = SI_KERNEL };

		do_each_pid_task(tty->session, PIDTYPE_SID, p)
			if (p->signal->leader || task_pgrp(p) == tty->pgrp) {
				do_send_sig_info(SIGHUP, &hup, p, true);
				do_send_sig_info(SIGCONT, &cont, p, true);
			}
		while_each_pid_task(tty->session, PIDTYPE_SID, p)
		session_clear_tty(tty->session);
		replace_pid(tty, &tty->session, NULL);
		replace_pid(tty, &tty->pgrp, NULL);
	}
	write_unlock_irq(&tasklist_lock);
}

SYSCALL_DEFINE0(vhangup)
{
	if (!capable_root())
		return -EPERM;
	if (current->signal->tty)
		tty_vhangup(current->signal->tty);
	return 0;
}

static int tiocsctty(struct tty_struct *tty, struct file *file, bool steal)
{
	int ret = 0;

	write_lock_irq(&tasklist_lock);
	if (current->signal->leader && tty->session == task_session(current->group_leader)) {
		ret = 0;
	} else if (!current->signal->leader || current->signal->tty) {
		ret = -EPERM;
	} else if (tty->session && !(steal && capable_root())) {
		ret = -EPERM;
	} else if (!(file->f_mode & FMODE_READ) && !capable_root()) {
		ret = -EPERM;
	} else {
		if (tty->session)
			session_clear_tty(tty->session);
		proc_set_tty(tty);
	}
	write_unlock_irq(&tasklist_lock);
	return ret;
}

static int tiocnotty(struct tty_struct *tty)
{
	if (current->signal->tty != tty)
		return -ENOTTY;
	if (current->signal->leader)
		disassociate_ctty(false);
	else
		current->signal->tty = NULL;
	return 0;
}

static int tiocspgrp(struct tty_struct *tty, pid_t __user *user)
{
	struct task_struct *member;
	struct pid *pgrp;
	pid_t nr;
	int ret = tty_check_change(tty);

	if (ret)
		return ret;
	if (current->signal->tty != tty || tty->session != task_session(current->group_leader))
		return -ENOTTY;
	if (get_user(nr, user))
		return -EFAULT;
	if (nr < 0)
		return -EINVAL;
	read_lock(&tasklist_lock);
	pgrp = find_vpid(nr);
	member = pgrp ? pid_task(pgrp, PIDTYPE_PGID) : NULL;
	if (!pgrp)
		ret = -ESRCH;
	else if (!member || task_session(member) != task_session(current->group_leader))
		ret = -EPERM;
	else
		replace_pid(tty, &tty->pgrp, pgrp);
	read_unlock(&tasklist_lock);
	return ret;
}

long tty_jobctrl_ioctl(struct tty_struct *tty, struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case TIOCSCTTY:
		return tiocsctty(tty, file, arg == 1);
	case TIOCNOTTY:
		return tiocnotty(tty);
	case TIOCGPGRP:
		if (current->signal->tty != tty)
			return -ENOTTY;
		return put_user(pid_vnr(READ_ONCE(tty->pgrp)), (pid_t __user *)user);
	case TIOCSPGRP:
		return tiocspgrp(tty, user);
	case TIOCGSID:
		if (current->signal->tty != tty || !tty->session)
			return -ENOTTY;
		return put_user(pid_vnr(READ_ONCE(tty->session)), (pid_t __user *)user);
	default:
		return -ENOTTY;
	}
}
