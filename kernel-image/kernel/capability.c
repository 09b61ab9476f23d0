/* capget and capset: root has all capabilities, everybody else none, and nothing lies in between. */
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define CAPABILITY_VERSION_3	0x20080522
#define CAP_FULL		((1UL << (CAP_LAST_CAP + 1)) - 1)

struct cap_header {
	u32 version;
	pid_t pid;
};

struct cap_data {
	u32 effective, permitted, inheritable;
};

/* Programs find out the version by asking with another. */
static int check_header(struct cap_header __user *user, struct cap_header *header)
{
	if (copy_from_user(header, user, sizeof(*header)))
		return -EFAULT;
	if (header->version == CAPABILITY_VERSION_3)
		return header->pid < 0 ? -EINVAL : 0;
	return put_user(CAPABILITY_VERSION_3, &user->version) ? -EFAULT : -EINVAL;
}

SYSCALL_DEFINE2(capget, struct cap_header __user *, uheader, struct cap_data __user *, udata)
{
	struct cap_header header;
	struct cap_data data[2];
	int ret = check_header(uheader, &header);
	struct task_struct *task;
	const struct cred *cred;
	u64 effective, permitted;

	if (ret)
		return ret == -EINVAL && !udata ? 0 : ret;
	read_lock(&tasklist_lock);
	task = header.pid ? find_task_by_vpid(header.pid) : current;
	cred = task ? get_task_cred(task) : NULL;
	read_unlock(&tasklist_lock);
	if (!cred)
		return -ESRCH;
	effective = cred->euid == 0 ? CAP_FULL : 0;
	permitted = cred->euid == 0 || cred->uid == 0 || cred->suid == 0 ? CAP_FULL : 0;
	put_cred(cred);
	for (int i = 0; i < 2; i++)
		data[i] = (struct cap_data){ effective >> 32 * i, permitted >> 32 * i, 0 };
	return copy_to_user(udata, data, sizeof(data)) ? -EFAULT : 0;
}

/* Only what is so already can be set. */
SYSCALL_DEFINE2(capset, struct cap_header __user *, uheader, const struct cap_data __user *, udata)
{
	u64 effective = capable_root() ? CAP_FULL : 0;
	struct cap_header header;
	struct cap_data data[2];
	int ret = check_header(uheader, &header);

	if (ret)
		return ret;
	if (header.pid && header.pid != task_tgid_vnr(current))
		return -EPERM;
	if (copy_from_user(data, udata, sizeof(data)))
		return -EFAULT;
	return (data[0].effective | (u64)data[1].effective << 32) == effective ? 0 : -EPERM;
}
