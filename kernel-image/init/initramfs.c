/*
 * The initramfs: a cpio archive in the "newc" format, unpacked into rootfs.
 *
 * Format: per entry a header of 110 ASCII characters ("070701", then 13 numbers
 * of 8 hexadecimal digits), the name with its 0, the data; name and data are
 * padded to multiples of 4. The entry "TRAILER!!!" ends an archive; zeros and
 * further archives may follow. Hard links share an inode number: the first
 * name is made a file, the others are linked to it, and the last carries the data.
 */
#include <linux/async.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "init.h"

#define HEADER_SIZE 110

struct cpio_header {
	unsigned long ino, mode, uid, gid, nlink, mtime, body_len, major, minor, rmajor, rminor, name_len;
};

struct hard_link {
	unsigned long ino, major, minor;
	struct hard_link *next;
	char name[];
};

static struct hard_link *hard_links __initdata;

static bool __init parse_hex(const char *s, unsigned long *value)
{
	*value = 0;
	for (int i = 0; i < 8; i++) {
		char c = s[i];

		if (c >= '0' && c <= '9')
			c -= '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			c = (c | 0x20) - 'a' + 10;
		else
			return false;
		*value = *value << 4 | (unsigned long)c;
	}
	return true;
}

static bool __init parse_header(const char *s, struct cpio_header *h)
{
	unsigned long *fields[] = { &h->ino, &h->mode, &h->uid, &h->gid, &h->nlink, &h->mtime, &h->body_len,
				    &h->major, &h->minor, &h->rmajor, &h->rminor, &h->name_len };

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!parse_hex(s + 6 + 8 * i, fields[i]))
			return false;
	return true;
}

/* The name under which this inode was unpacked before, or NULL; the name given is remembered for the next. */
static const char *__init find_link(const struct cpio_header *h, const char *name)
{
	struct hard_link *l;

	for (l = hard_links; l; l = l->next)
		if (l->ino == h->ino && l->major == h->major && l->minor == h->minor)
			return l->name;
	l = kmalloc(sizeof(*l) + strlen(name) + 1, GFP_KERNEL);
	if (!l)
		panic("can't allocate link hash entry");
	l->ino = h->ino;
	l->major = h->major;
	l->minor = h->minor;
	strcpy(l->name, name);
	l->next = hard_links;
	hard_links = l;
	return NULL;
}

static void __init free_links(void)
{
	while (hard_links) {
		struct hard_link *next = hard_links->next;

		kfree(hard_links);
		hard_links = next;
	}
}

static int __init unpack_file(const struct cpio_header *h, const char *name, const char *body)
{
	const char *old = h->nlink > 1 ? find_link(h, name) : NULL;
	struct file *file;
	loff_t pos = 0;
	ssize_t ret;

	if (old) {
		ret = init_link(old, name);
		if (ret || !h->body_len)
			return ret;
	}
	file = filp_open(name, O_WRONLY | O_CREAT | (old ? 0 : O_TRUNC), h->mode);
	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = kernel_write(file, body, h->body_len, &pos);
	fput(file);
	return ret < 0 ? ret : ret < (ssize_t)h->body_len ? -ENOSPC : 0;
}

static int __init set_owner(const struct cpio_header *h, const char *name)
{
	struct iattr attr = {
		.ia_valid = ATTR_UID | ATTR_GID | ATTR_MTIME,
		.ia_uid = h->uid, .ia_gid = h->gid, .ia_mtime = { h->mtime, 0 },
	};
	struct path path;
	int ret = kern_path(name, 0, &path);

	if (ret)
		return ret;
	ret = notify_change(path.dentry, &attr);
	if (!ret && !S_ISLNK(h->mode)) {
		attr.ia_valid = ATTR_MODE;
		attr.ia_mode = h->mode;
		ret = notify_change(path.dentry, &attr);
	}
	path_put(&path);
	return ret;
}

static int __init unpack_symlink(const struct cpio_header *h, const char *name, const char *body)
{
	char *target = kstrndup(body, h->body_len, GFP_KERNEL);
	int ret;

	if (!target)
		return -ENOMEM;
	ret = init_symlink(target, name);
	kfree(target);
	return ret;
}

static int __init unpack_entry(const struct cpio_header *h, const char *name, const char *body)
{
	int ret;

	if (S_ISREG(h->mode)) {
		ret = unpack_file(h, name, body);
	} else if (S_ISDIR(h->mode)) {
		ret = init_mkdir(name, h->mode);
		if (ret == -EEXIST)
			ret = 0;
	} else if (S_ISLNK(h->mode)) {
		ret = unpack_symlink(h, name, body);
	} else {
		ret = init_mknod(name, h->mode, MKDEV(h->rmajor, h->rminor));
	}
	return ret ? ret : set_owner(h, name);
}

/* One archive. Returns how many bytes it took, or 0 with *error set. */
static unsigned long __init unpack_archive(const char *buf, unsigned long len, const char **error)
{
	unsigned long pos = 0;

	for (;;) {
		struct cpio_header h;
		const char *name;
		unsigned long body;

		if (len - pos < HEADER_SIZE) {
			*error = "unexpected end of archive";
			return 0;
		}
		if (memcmp(buf + pos, "070701", 6)) {
			*error = memcmp(buf + pos, "070707", 6) ? "no cpio magic" : "incorrect cpio method used: use -H newc option";
			return 0;
		}
		if (!parse_header(buf + pos, &h) || !h.name_len || h.name_len > PATH_MAX) {
			*error = "broken header";
			return 0;
		}
		name = buf + pos + HEADER_SIZE;
		body = ALIGN(pos + HEADER_SIZE + h.name_len, 4);
		if (body > len || h.body_len > len - body || name[h.name_len - 1]) {
			*error = "broken padding";
			return 0;
		}
		pos = min(ALIGN(body + h.body_len, 4), len);
		if (!strcmp(name, "TRAILER!!!")) {
			free_links();
			return pos;
		}
		if (unpack_entry(&h, name, buf + body))
			pr_warn("Initramfs: could not make %s\n", name);
	}
}

static const char *__init unpack_to_rootfs(const char *buf, unsigned long len)
{
	const char *error = NULL;

	while (len && !error) {
		unsigned long used = 1;

		if (*buf)
			used = unpack_archive(buf, len, &error);
		buf += used;
		len -= used;
	}
	free_links();
	return error;
}

/* What the boot counts on, whatever the archive has. */
static int __init default_rootfs(void)
{
	int ret = init_mkdir("/dev", 0755);

	if (!ret || ret == -EEXIST)
		ret = init_mkdir("/root", 0700);
	return ret == -EEXIST ? 0 : ret;
}

static async_cookie_t initramfs_cookie __initdata;

static void __init do_populate_rootfs(void *unused, async_cookie_t cookie)
{
	const char *error;

	error = unpack_to_rootfs((const char *)initrd_start, initrd_end - initrd_start);
	if (error)
		pr_emerg("Initramfs unpacking failed: %s\n", error);
}

/* Unpacks beside the initcalls that follow; who needs the files waits for them. */
static int __init populate_rootfs(void)
{
	int ret = default_rootfs();

	if (ret || !initrd_start || initrd_end <= initrd_start)
		return ret;
	pr_info("Unpacking initramfs...\n");
	initramfs_cookie = async_schedule(do_populate_rootfs, NULL) + 1;
	return 0;
}
rootfs_initcall(populate_rootfs);

void __init wait_for_initramfs(void)
{
	if (!initramfs_cookie)
		return;
	async_synchronize_cookie(initramfs_cookie);
	free_initrd_mem(initrd_start, initrd_end);
	initrd_start = initrd_end = 0;
}
