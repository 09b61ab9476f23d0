/*
 * Path lookup and open: walks a name component by component over the dentry tree.
 *
 * A symbolic link is followed by splicing: its text, "/" and the rest of the
 * path become the new path (nd->name), so the walk needs no recursion and
 * MAXSYMLINKS bounds its length. nd->last points into the path being walked,
 * which lives until the next splice or the end of the walk.
 */
#include <linux/namei.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "internal.h"

void path_get(const struct path *path)
{
	mntget(path->mnt);
	dget(path->dentry);
}

void path_put(const struct path *path)
{
	dput(path->dentry);
	mntput(path->mnt);
}

char *getname_flags(const char __user *name, unsigned int lookup_flags)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);
	long len;

	if (!buf)
		return ERR_PTR(-ENOMEM);
	len = strncpy_from_user(buf, name, PATH_MAX);
	if (len == PATH_MAX)
		len = -ENAMETOOLONG;
	else if (!len && !(lookup_flags & LOOKUP_EMPTY))
		len = -ENOENT;
	if (len < 0) {
		kfree(buf);
		return ERR_PTR(len);
	}
	return buf;
}

char *getname(const char __user *name)
{
	return getname_flags(name, 0);
}

void putname(char *name)
{
	if (!IS_ERR_OR_NULL(name))
		kfree(name);
}

/* Root may do all, except execute a file that nobody may execute. */
int inode_permission(struct inode *inode, int mask)
{
	const struct cred *cred = current_cred();
	umode_t mode = inode->i_mode;

	if (cred->fsuid == 0)
		return (mask & MAY_EXEC) && !S_ISDIR(mode) && !(mode & S_IXUGO) ? -EACCES : 0;
	if (cred->fsuid == inode->i_uid)
		mode >>= 6;
	else if (in_group_p(inode->i_gid))
		mode >>= 3;
	return mask & ~mode & (MAY_READ | MAY_WRITE | MAY_EXEC) ? -EACCES : 0;
}

/* The dentry in the cache, if its name still means the same. */
static struct dentry *lookup_cached(struct dentry *dir, const struct qstr *name)
{
	struct dentry *dentry = d_lookup(dir, name);

	if (dentry && dentry->d_op && dentry->d_op->d_revalidate && !dentry->d_op->d_revalidate(dentry)) {
		d_drop(dentry);
		dput(dentry);
		return NULL;
	}
	return dentry;
}

/* The dentry for name, perhaps negative; the directory's lock is held. */
struct dentry *lookup_one_locked(struct dentry *dir, const struct qstr *name)
{
	struct dentry *dentry = lookup_cached(dir, name), *other;

	if (dentry)
		return dentry;
	if (!dir->d_inode->i_op->lookup)
		return ERR_PTR(-ENOTDIR);
	dentry = d_alloc(dir, name);
	if (!dentry)
		return ERR_PTR(-ENOMEM);
	other = dir->d_inode->i_op->lookup(dir->d_inode, dentry);
	if (other) {
		dput(dentry);
		dentry = other;
	}
	return dentry;
}

static struct dentry *lookup_one(struct dentry *dir, const struct qstr *name)
{
	struct dentry *dentry = lookup_cached(dir, name);

	if (dentry)
		return dentry;
	inode_lock(dir->d_inode);
	dentry = lookup_one_locked(dir, name);
	inode_unlock(dir->d_inode);
	return dentry;
}

static void follow_mounts(struct path *path)
{
	while (lookup_mnt(path))
		;
}

static void follow_dotdot(struct nameidata *nd)
{
	for (;;) {
		if (nd->path.dentry == nd->root.dentry && nd->path.mnt == nd->root.mnt)
			return;
		if (nd->path.dentry != nd->path.mnt->mnt_root) {
			struct dentry *old = nd->path.dentry;

			nd->path.dentry = dget_parent(old);
			dput(old);
			break;
		}
		if (!follow_up(&nd->path))
			return;
	}
	follow_mounts(&nd->path);
}

/* Steps to dentry, whose reference it takes over. */
static void step_into(struct nameidata *nd, struct dentry *dentry)
{
	dput(nd->path.dentry);
	nd->path.dentry = dentry;
	follow_mounts(&nd->path);
}

/* Makes the link's text and the rest of the path the path still to be walked. Takes over the reference to link. */
static int splice_link(struct nameidata *nd, struct dentry *link, const char *rest)
{
	struct inode *inode = link->d_inode;
	char *text;
	int len;

	if (++nd->links > MAXSYMLINKS) {
		dput(link);
		return -ELOOP;
	}
	if (inode->i_op->get_path) {
		struct path path;
		int ret = inode->i_op->get_path(inode, &path);

		dput(link);
		if (ret)
			return ret;
		path_put(&nd->path);
		nd->path = path;
		nd->name = rest;
		return 0;
	}
	text = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!text) {
		dput(link);
		return -ENOMEM;
	}
	len = inode->i_op->get_link(link, inode, text, PATH_MAX);
	dput(link);
	if (len >= 0 && len + strlen(rest) + 2 > PATH_MAX)
		len = -ENAMETOOLONG;
	if (len < 0) {
		kfree(text);
		return len;
	}
	if (*rest) {
		text[len++] = '/';
		strcpy(text + len, rest);
	} else {
		text[len] = '\0';
	}
	kfree(nd->spliced);
	nd->spliced = text;
	nd->name = text;
	if (*text == '/') {
		path_get(&nd->root);
		path_put(&nd->path);
		nd->path = nd->root;
	}
	return 0;
}

/* Steps over nd->last. 1 = nd->name holds a spliced path now. */
static int walk_component(struct nameidata *nd, const char *rest, bool follow)
{
	struct dentry *dentry;
	int ret;

	if (nd->last_type == LAST_DOT)
		return 0;
	if (nd->last_type == LAST_DOTDOT) {
		follow_dotdot(nd);
		return 0;
	}
	dentry = lookup_one(nd->path.dentry, &nd->last);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	if (d_is_negative(dentry)) {
		dput(dentry);
		return -ENOENT;
	}
	if (follow && S_ISLNK(dentry->d_inode->i_mode)) {
		ret = splice_link(nd, dentry, rest);
		return ret ? ret : 1;
	}
	step_into(nd, dentry);
	return 0;
}

static int component_type(const struct qstr *name)
{
	if (name->len == 1 && name->name[0] == '.')
		return LAST_DOT;
	if (name->len == 2 && name->name[0] == '.' && name->name[1] == '.')
		return LAST_DOTDOT;
	return LAST_NORM;
}

/* Walks nd->name up to its last component, which it leaves in nd->last. */
int link_path_walk(struct nameidata *nd)
{
	const char *name = nd->name, *rest;
	int ret;

	for (;;) {
		struct inode *inode = nd->path.dentry->d_inode;

		name += strspn(name, "/");
		nd->last_type = LAST_ROOT;
		nd->trailing = false;
		if (!*name)
			return 0;
		if (!S_ISDIR(inode->i_mode))
			return -ENOTDIR;
		ret = inode_permission(inode, MAY_EXEC);
		if (ret)
			return ret;
		nd->last.name = name;
		nd->last.len = strcspn(name, "/");
		if (nd->last.len > NAME_MAX)
			return -ENAMETOOLONG;
		nd->last_type = component_type(&nd->last);
		name += nd->last.len;
		rest = name + strspn(name, "/");
		if (!*rest) {
			nd->trailing = rest != name;
			return 0;
		}
		ret = walk_component(nd, rest, true);
		if (ret < 0)
			return ret;
		name = ret ? nd->name : rest;
	}
}

int path_init(struct nameidata *nd, int dfd, const char *name, unsigned int flags)
{
	struct file *file;

	memset(nd, 0, sizeof(*nd));
	nd->name = name;
	nd->flags = flags;
	if (!*name && !(flags & LOOKUP_EMPTY))
		return -ENOENT;
	if (*name != '/' && dfd != AT_FDCWD) {
		file = fget(dfd);
		if (!file)
			return -EBADF;
		nd->path = file->f_path;
		path_get(&nd->path);
		fput(file);
	}
	get_fs_root(current->fs, &nd->root);
	if (*name == '/') {
		nd->path = nd->root;
		path_get(&nd->path);
	} else if (dfd == AT_FDCWD) {
		get_fs_pwd(current->fs, &nd->path);
	}
	return 0;
}

void path_finish(struct nameidata *nd)
{
	if (nd->path.dentry)
		path_put(&nd->path);
	if (nd->root.dentry)
		path_put(&nd->root);
	kfree(nd->spliced);
}

int kern_path_at(int dfd, const char *name, unsigned int flags, struct path *path)
{
	struct nameidata nd;
	int ret = path_init(&nd, dfd, name, flags);

	while (!ret) {
		ret = link_path_walk(&nd);
		if (ret || nd.last_type == LAST_ROOT)
			break;
		if (nd.trailing)
			nd.flags |= LOOKUP_FOLLOW | LOOKUP_DIRECTORY;
		ret = walk_component(&nd, "", nd.flags & LOOKUP_FOLLOW);
		if (ret <= 0)
			break;
		ret = 0;
	}
	if (!ret && (nd.flags & LOOKUP_DIRECTORY) && !S_ISDIR(nd.path.dentry->d_inode->i_mode))
		ret = -ENOTDIR;
	if (!ret) {
		*path = nd.path;
		nd.path.dentry = NULL;
	}
	path_finish(&nd);
	return ret;
}

int kern_path(const char *name, unsigned int flags, struct path *path)
{
	return kern_path_at(AT_FDCWD, name, flags, path);
}

int user_path_at(int dfd, const char __user *name, unsigned int flags, struct path *path)
{
	char *kernel_name = getname_flags(name, flags);
	int ret;

	if (IS_ERR(kernel_name))
		return PTR_ERR(kernel_name);
	ret = kern_path_at(dfd, kernel_name, flags, path);
	putname(kernel_name);
	return ret;
}

static int may_open(struct nameidata *nd, int flags)
{
	static const int access[] = { MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE, MAY_READ | MAY_WRITE };
	struct inode *inode = nd->path.dentry->d_inode;
	int mask = (flags & __FMODE_EXEC ? 0 : access[flags & O_ACCMODE]) | (flags & O_TRUNC ? MAY_WRITE : 0);

	if (S_ISLNK(inode->i_mode))
		return -ELOOP;
	if (S_ISDIR(inode->i_mode) && (mask & MAY_WRITE))
		return -EISDIR;
	/* Opening a FIFO would wait for a writer. */
	if ((flags & __FMODE_EXEC) && !S_ISREG(inode->i_mode))
		return -EACCES;
	if ((S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode)) && (nd->path.mnt->mnt_flags & MS_NODEV))
		return -EACCES;
	if ((mask & MAY_WRITE) && (nd->path.mnt->mnt_flags & MS_RDONLY) &&
	    (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode)))
		return -EROFS;
	return inode_permission(inode, mask);
}

static struct file *do_open(struct nameidata *nd, int flags, bool created)
{
	struct inode *inode = nd->path.dentry->d_inode;
	struct file *file;
	int ret = 0;

	if ((flags & O_CREAT) && S_ISDIR(inode->i_mode))
		return ERR_PTR(-EISDIR);
	if (((flags & O_DIRECTORY) || nd->trailing) && !S_ISDIR(inode->i_mode))
		return ERR_PTR(-ENOTDIR);
	if (!created && !(flags & O_PATH))
		ret = may_open(nd, flags);
	if (ret)
		return ERR_PTR(ret);
	file = dentry_open(&nd->path, flags);
	if (!IS_ERR(file) && (flags & O_TRUNC) && !created && S_ISREG(inode->i_mode)) {
		ret = do_truncate(nd->path.dentry, 0);
		if (ret) {
			fput(file);
			return ERR_PTR(ret);
		}
	}
	return file;
}

/* Finds or makes nd->last. 1 = a link was spliced in; *created tells of a new file. */
static int lookup_create(struct nameidata *nd, int flags, umode_t mode, bool *created)
{
	struct dentry *dir = nd->path.dentry, *dentry;
	int ret = 0;

	if (nd->trailing)
		return -EISDIR;
	inode_lock(dir->d_inode);
	dentry = lookup_one_locked(dir, &nd->last);
	if (!IS_ERR(dentry) && d_is_negative(dentry)) {
		ret = nd->path.mnt->mnt_flags & MS_RDONLY ? -EROFS : vfs_create(dir->d_inode, dentry, mode);
		*created = !ret;
	}
	inode_unlock(dir->d_inode);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	if (!ret && !*created && (flags & O_EXCL))
		ret = -EEXIST;
	if (ret) {
		dput(dentry);
		return ret;
	}
	if (S_ISLNK(dentry->d_inode->i_mode) && !(flags & O_NOFOLLOW)) {
		ret = splice_link(nd, dentry, "");
		return ret ? ret : 1;
	}
	step_into(nd, dentry);
	return 0;
}

struct file *do_filp_open(int dfd, const char *name, int flags, umode_t mode)
{
	struct file *file = NULL;
	struct nameidata nd;
	bool created = false;
	int ret = path_init(&nd, dfd, name, 0);

	mode = (mode & S_IALLUGO & ~current->fs->umask) | S_IFREG;
	while (!ret) {
		ret = link_path_walk(&nd);
		if (ret)
			break;
		if (nd.last_type == LAST_ROOT)
			ret = 0;
		else if ((flags & O_CREAT) && nd.last_type == LAST_NORM)
			ret = lookup_create(&nd, flags, mode, &created);
		else
			ret = walk_component(&nd, "", !(flags & O_NOFOLLOW) || nd.trailing);
		if (ret <= 0)
			break;
		ret = 0;
	}
	file = ret ? ERR_PTR(ret) : do_open(&nd, flags, created);
	path_finish(&nd);
	return file;
}
