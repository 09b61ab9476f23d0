/*
 * The directory-entry cache: every name in use, as a tree.
 *
 * One spinlock, dcache_lock, covers the whole tree: hash chains, parent links
 * and d_inode. A dentry that is hashed can be found; one whose count falls to 0
 * is unhashed and freed at once, unless its file system reads names from a
 * device: then it stays, on dentry_unused, until memory is short. Who has a reference takes another, or drops one that is not
 * the last, without the lock; only under it does a count go from 1 to 0, so a
 * dentry found under the lock is never on its way out. A file system that lives in memory pins its names
 * with an extra count. Each dentry holds its parent, so walking up is safe
 * for the holder of a count. Dropping the last count may drop the inode, which
 * may sleep: dput does that after it released the lock.
 */
#include <linux/fs.h>
#include <linux/mmzone.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/fs_struct.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#define DHASH_SIZE 256

spinlock_t dcache_lock = __SPIN_LOCK_UNLOCKED(dcache_lock);
static struct hlist_head dentry_hashtable[DHASH_SIZE];
static struct kmem_cache *dentry_cache;
static LIST_HEAD(dentry_unused);
static unsigned long nr_unused;
static u64 last_cookie = 2;	/* 0 and 1 are the dots */

static struct hlist_head *d_hash(const struct dentry *parent, const struct qstr *name)
{
	unsigned long hash = (unsigned long)parent >> 6;

	for (unsigned int i = 0; i < name->len; i++)
		hash = hash * 31 + (unsigned char)name->name[i];
	return &dentry_hashtable[(hash ^ (hash >> 8)) % DHASH_SIZE];
}

static bool name_equal(const struct qstr *a, const struct qstr *b)
{
	return a->len == b->len && !memcmp(a->name, b->name, a->len);
}

static int set_name(struct dentry *dentry, const struct qstr *name)
{
	char *text = dentry->d_iname;

	if (name->len >= DNAME_INLINE_LEN) {
		text = kmalloc(name->len + 1, GFP_KERNEL);
		if (!text)
			return -ENOMEM;
	}
	memcpy(text, name->name, name->len);
	text[name->len] = '\0';
	dentry->d_name.name = text;
	dentry->d_name.len = name->len;
	return 0;
}

static void free_dentry(struct dentry *dentry)
{
	if (dentry->d_name.name != dentry->d_iname)
		kfree(dentry->d_name.name);
	kmem_cache_free(dentry_cache, dentry);
}

struct dentry *d_alloc(struct dentry *parent, const struct qstr *name)
{
	struct dentry *dentry = kmem_cache_zalloc(dentry_cache, GFP_KERNEL);

	if (!dentry)
		return NULL;
	if (set_name(dentry, name)) {
		kmem_cache_free(dentry_cache, dentry);
		return NULL;
	}
	atomic_set(&dentry->d_count, 1);
	INIT_HLIST_NODE(&dentry->d_hash);
	INIT_LIST_HEAD(&dentry->d_subdirs);
	INIT_LIST_HEAD(&dentry->d_child);
	INIT_LIST_HEAD(&dentry->d_lru);
	dentry->d_parent = dentry;
	if (parent) {
		dentry->d_parent = dget(parent);
		dentry->d_sb = parent->d_sb;
		spin_lock(&dcache_lock);
		dentry->d_cookie = ++last_cookie;
		list_add_tail(&dentry->d_child, &parent->d_subdirs);
		spin_unlock(&dcache_lock);
	}
	return dentry;
}

struct dentry *d_make_root(struct super_block *sb, struct inode *root)
{
	static const struct qstr name = { "/", 1 };
	struct dentry *dentry = d_alloc(NULL, &name);

	if (!dentry)
		return NULL;
	dentry->d_sb = sb;
	dentry->d_inode = root;
	return dentry;
}

struct dentry *dget(struct dentry *dentry)
{
	atomic_inc(&dentry->d_count);
	return dentry;
}

struct dentry *dget_parent(struct dentry *dentry)
{
	struct dentry *parent;

	spin_lock(&dcache_lock);
	parent = dentry->d_parent;
	atomic_inc(&parent->d_count);
	spin_unlock(&dcache_lock);
	return parent;
}

static bool drop_unless_last(struct dentry *dentry)
{
	int count = atomic_read(&dentry->d_count);

	while (count > 1) {
		int seen = atomic_cmpxchg(&dentry->d_count, count, count - 1);

		if (seen == count)
			return true;
		count = seen;
	}
	return false;
}

/* Its count is 0 and it is off every list. Returns its parent, whose count it held. */
static struct dentry *dentry_kill(struct dentry *dentry)
{
	struct dentry *parent = dentry->d_parent != dentry ? dentry->d_parent : NULL;

	if (dentry->d_inode)
		iput(dentry->d_inode);
	free_dentry(dentry);
	return parent;
}

static void d_unlist(struct dentry *dentry)
{
	hlist_del_init(&dentry->d_hash);
	list_del(&dentry->d_child);
	if (!list_empty(&dentry->d_lru)) {
		list_del_init(&dentry->d_lru);
		nr_unused--;
	}
}

void dput(struct dentry *dentry)
{
	while (dentry) {
		if (drop_unless_last(dentry))
			return;
		spin_lock(&dcache_lock);
		if (!atomic_dec_and_test(&dentry->d_count)) {
			spin_unlock(&dcache_lock);
			return;
		}
		if (dentry->d_sb && dentry->d_sb->s_keeps_unused && !hlist_unhashed(&dentry->d_hash)) {
			if (list_empty(&dentry->d_lru))
				nr_unused++;
			list_move(&dentry->d_lru, &dentry_unused);
			spin_unlock(&dcache_lock);
			return;
		}
		d_unlist(dentry);
		spin_unlock(&dcache_lock);
		dentry = dentry_kill(dentry);
	}
}

/* Frees names that nobody uses, the longest unused first: up to nr, of sb or of any file system. */
static unsigned long prune_dcache(struct super_block *sb, unsigned long nr)
{
	unsigned long freed = 0;

	while (freed < nr) {
		struct dentry *dentry, *found = NULL;

		spin_lock(&dcache_lock);
		list_for_each_entry_reverse(dentry, &dentry_unused, d_lru) {
			if (!sb || dentry->d_sb == sb) {
				found = dentry;
				break;
			}
		}
		if (found && !atomic_read(&found->d_count)) {
			d_unlist(found);
		} else if (found) {	/* it was found again since; it comes back when it is put */
			list_del_init(&found->d_lru);
			nr_unused--;
			spin_unlock(&dcache_lock);
			continue;
		}
		spin_unlock(&dcache_lock);
		if (!found)
			break;
		dput(dentry_kill(found));
		freed++;
	}
	return freed;
}

void shrink_dcache_sb(struct super_block *sb)
{
	while (prune_dcache(sb, ULONG_MAX))
		;
}

static unsigned long dcache_count(void)
{
	return READ_ONCE(nr_unused);
}

static unsigned long dcache_scan(unsigned long nr_to_scan)
{
	return prune_dcache(NULL, nr_to_scan);
}

static struct shrinker dcache_shrinker = { .count_objects = dcache_count, .scan_objects = dcache_scan };

struct dentry *d_lookup(struct dentry *parent, const struct qstr *name)
{
	struct dentry *dentry, *found = NULL;

	spin_lock(&dcache_lock);
	hlist_for_each_entry(dentry, d_hash(parent, name), d_hash) {
		if (dentry->d_parent == parent && name_equal(&dentry->d_name, name)) {
			atomic_inc(&dentry->d_count);
			found = dentry;
			break;
		}
	}
	spin_unlock(&dcache_lock);
	return found;
}

/* The caller hands over its reference to the inode. */
void d_add(struct dentry *dentry, struct inode *inode)
{
	spin_lock(&dcache_lock);
	dentry->d_inode = inode;
	hlist_add_head(&dentry->d_hash, d_hash(dentry->d_parent, &dentry->d_name));
	spin_unlock(&dcache_lock);
}

void d_drop(struct dentry *dentry)
{
	spin_lock(&dcache_lock);
	hlist_del_init(&dentry->d_hash);
	spin_unlock(&dcache_lock);
}

static void swap_names(struct dentry *a, struct dentry *b)
{
	struct qstr name_a = a->d_name, name_b = b->d_name;
	char inline_a[DNAME_INLINE_LEN];

	memcpy(inline_a, a->d_iname, sizeof(inline_a));
	memcpy(a->d_iname, b->d_iname, sizeof(inline_a));
	memcpy(b->d_iname, inline_a, sizeof(inline_a));
	a->d_name.len = name_b.len;
	a->d_name.name = name_b.name == b->d_iname ? a->d_iname : name_b.name;
	b->d_name.len = name_a.len;
	b->d_name.name = name_a.name == a->d_iname ? b->d_iname : name_a.name;
}

/* Gives dentry the place and name of target; target keeps dentry's old ones, unhashed. */
void d_move(struct dentry *dentry, struct dentry *target)
{
	struct dentry *old_parent;

	spin_lock(&dcache_lock);
	hlist_del_init(&target->d_hash);
	hlist_del_init(&dentry->d_hash);
	swap_names(dentry, target);
	old_parent = dentry->d_parent;
	dentry->d_parent = target->d_parent;
	target->d_parent = old_parent;
	list_move_tail(&dentry->d_child, &dentry->d_parent->d_subdirs);
	list_move_tail(&target->d_child, &target->d_parent->d_subdirs);
	dentry->d_cookie = ++last_cookie;
	target->d_cookie = ++last_cookie;
	hlist_add_head(&dentry->d_hash, d_hash(dentry->d_parent, &dentry->d_name));
	spin_unlock(&dcache_lock);
}

bool d_is_ancestor(struct dentry *ancestor, struct dentry *dentry)
{
	bool result = false;

	spin_lock(&dcache_lock);
	for (;; dentry = dentry->d_parent) {
		if (dentry == ancestor) {
			result = true;
			break;
		}
		if (dentry == dentry->d_parent)
			break;
	}
	spin_unlock(&dcache_lock);
	return result;
}

/* The first child that has a name and an inode at or after cookie, referenced; prev, if still there, saves the search. */
struct dentry *d_next_child(struct dentry *dir, struct dentry *prev, u64 cookie)
{
	struct dentry *child, *found = NULL;
	struct list_head *at;

	spin_lock(&dcache_lock);
	at = prev && prev->d_parent == dir && prev->d_cookie < cookie ? &prev->d_child : &dir->d_subdirs;
	for (at = at->next; at != &dir->d_subdirs; at = at->next) {
		child = list_entry(at, struct dentry, d_child);
		if (child->d_cookie >= cookie && child->d_inode && !hlist_unhashed(&child->d_hash)) {
			atomic_inc(&child->d_count);
			found = child;
			break;
		}
	}
	spin_unlock(&dcache_lock);
	return found;
}

/*
 * Writes the name backwards from the end of buf; mounts are crossed upwards until the caller's root. A file outside of
 * any tree has its name alone.
 */
char *d_path(const struct path *path, char *buf, int len)
{
	struct vfsmount *mnt = path->mnt;
	struct dentry *dentry = path->dentry;
	char *end = buf + len;
	struct path root;

	get_fs_root(current->fs, &root);
	spin_lock(&dcache_lock);
	*--end = '\0';
	while (dentry != root.dentry || mnt != root.mnt) {
		bool pseudo = dentry->d_parent == dentry && dentry != mnt->mnt_root;

		if (dentry == mnt->mnt_root) {
			if (mnt->mnt_parent == mnt)
				break;
			dentry = mnt->mnt_mountpoint;
			mnt = mnt->mnt_parent;
			continue;
		}
		if (end - buf < (long)dentry->d_name.len + 1) {
			end = ERR_PTR(-ENAMETOOLONG);
			break;
		}
		end -= dentry->d_name.len;
		memcpy(end, dentry->d_name.name, dentry->d_name.len);
		if (pseudo)
			break;
		*--end = '/';
		dentry = dentry->d_parent;
	}
	if (!IS_ERR(end) && !*end)
		*--end = '/';
	spin_unlock(&dcache_lock);
	path_put(&root);
	return end;
}

void dcache_init(void)
{
	dentry_cache = kmem_cache_create("dentry", sizeof(struct dentry), 0, SLAB_PANIC, NULL);
	register_shrinker(&dcache_shrinker);
}

void vfs_caches_init(void)
{
	dcache_init();
	inode_init();
	files_init();
	mnt_init();
}
