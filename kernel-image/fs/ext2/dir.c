/*
 * ext2 directories: blocks full of entries, each with the distance to the next.
 *
 * A directory's blocks are pages of its file. A removed entry is joined to the
 * one before it, so that the distances always fill their block; a new one goes
 * where an entry leaves enough room behind it, or into a new block.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/writeback.h>

#include "ext2.h"

/* A place in a directory; it holds its page. */
struct cursor {
	struct inode *dir;
	struct page *page;
	loff_t pos;
	struct ext2_dir_entry *de, *prev;	/* prev: of the same block, or NULL */
};

static void put_cursor(struct cursor *c)
{
	if (c->page)
		put_page(c->page);
	c->page = NULL;
}

static bool entry_is_sound(const struct cursor *c)
{
	u32 bs = c->dir->i_sb->s_blocksize, left = bs - (c->pos & (bs - 1));
	const struct ext2_dir_entry *de = c->de;

	return left >= EXT2_DIR_REC_LEN(1) && de->rec_len >= EXT2_DIR_REC_LEN(1) && !(de->rec_len & 3) &&
	       de->rec_len <= left && EXT2_DIR_REC_LEN(de->name_len) <= de->rec_len &&
	       de->inode <= EXT2_SB(c->dir->i_sb)->es.s_inodes_count;
}

/* Points c->de at the entry at c->pos. 1: it is there; 0: the directory ends; or an error. */
static int load_entry(struct cursor *c)
{
	if (c->pos >= c->dir->i_size)
		return 0;
	if (!c->page || !(c->pos & (PAGE_SIZE - 1))) {
		put_cursor(c);
		c->page = filemap_get_page(c->dir->i_mapping, c->pos >> PAGE_SHIFT, true);
		if (IS_ERR(c->page)) {
			int ret = PTR_ERR(c->page);

			c->page = NULL;
			return ret;
		}
	}
	c->de = (struct ext2_dir_entry *)((char *)page_address(c->page) + (c->pos & (PAGE_SIZE - 1)));
	if (entry_is_sound(c))
		return 1;
	return ext2_error(c->dir->i_sb, "directory %lu is damaged at byte %lu", c->dir->i_ino, (unsigned long)c->pos);
}

static int next_entry(struct cursor *c)
{
	c->prev = c->de;
	c->pos += c->de->rec_len;
	if (!(c->pos & (c->dir->i_sb->s_blocksize - 1)))
		c->prev = NULL;
	return load_entry(c);
}

static bool is_named(const struct ext2_dir_entry *de, const struct qstr *name)
{
	return de->inode && de->name_len == name->len && !memcmp(de->name, name->name, name->len);
}

static int find_entry(struct cursor *c, struct inode *dir, const struct qstr *name)
{
	int ret;

	*c = (struct cursor){ .dir = dir };
	for (ret = load_entry(c); ret > 0 && !is_named(c->de, name); ret = next_entry(c))
		;
	return ret;
}

int ext2_inode_by_name(struct inode *dir, const struct qstr *name, u32 *ino)
{
	struct cursor c;
	int ret = find_entry(&c, dir, name);

	*ino = ret > 0 ? c.de->inode : 0;
	put_cursor(&c);
	return ret < 0 ? ret : 0;
}

static void dir_changed(struct cursor *c)
{
	set_page_dirty(c->page);
	c->dir->i_mtime = c->dir->i_ctime = current_time();
	EXT2_I(c->dir)->i_flags &= ~EXT2_INDEX_FL;
	mark_inode_dirty(c->dir);
}

/* The numbers are those that readdir tells, by coincidence of history shifted: 1 a file, 2 a directory, ... */
static u8 file_type(umode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG: return 1;
	case S_IFDIR: return 2;
	case S_IFCHR: return 3;
	case S_IFBLK: return 4;
	case S_IFIFO: return 5;
	case S_IFSOCK: return 6;
	default: return 7;
	}
}

static bool has_file_types(struct super_block *sb)
{
	return EXT2_SB(sb)->es.s_feature_incompat & EXT2_FEATURE_INCOMPAT_FILETYPE;
}

static void fill_entry(struct ext2_dir_entry *de, const struct qstr *name, struct inode *inode)
{
	de->inode = inode->i_ino;
	de->name_len = name->len;
	de->file_type = has_file_types(inode->i_sb) ? file_type(inode->i_mode) : 0;
	memcpy(de->name, name->name, name->len);
}

/* Another block, as one entry that is not in use; c is at it. */
static int append_block(struct cursor *c)
{
	u32 bs = c->dir->i_sb->s_blocksize, offset = c->pos & (PAGE_SIZE - 1);
	int ret;

	put_cursor(c);
	c->page = filemap_get_page(c->dir->i_mapping, c->pos >> PAGE_SHIFT, true);
	if (IS_ERR(c->page)) {
		ret = PTR_ERR(c->page);
		c->page = NULL;
		return ret;
	}
	ret = ext2_aops.write_begin(c->dir->i_mapping, c->page, c->pos >> PAGE_SHIFT, offset, offset + bs);
	if (ret)
		return ret;
	c->de = (struct ext2_dir_entry *)((char *)page_address(c->page) + offset);
	memset(c->de, 0, bs);
	c->de->rec_len = bs;
	c->dir->i_size += bs;
	return 0;
}

int ext2_add_link(struct inode *dir, const struct qstr *name, struct inode *inode)
{
	u32 needed = EXT2_DIR_REC_LEN(name->len), used = 0;
	struct cursor c = { .dir = dir };
	int ret;

	for (ret = load_entry(&c); ret > 0; ret = next_entry(&c)) {
		used = c.de->inode ? EXT2_DIR_REC_LEN(c.de->name_len) : 0;
		if (c.de->rec_len >= used + needed)
			break;
	}
	if (!ret) {
		used = 0;
		ret = append_block(&c);
	}
	if (ret >= 0) {
		ret = 0;
		if (used) {
			struct ext2_dir_entry *next = (struct ext2_dir_entry *)((char *)c.de + used);

			next->rec_len = c.de->rec_len - used;
			c.de->rec_len = used;
			c.de = next;
		}
		fill_entry(c.de, name, inode);
		dir_changed(&c);
	}
	put_cursor(&c);
	return ret;
}

int ext2_delete_entry(struct inode *dir, const struct qstr *name)
{
	struct cursor c;
	int ret = find_entry(&c, dir, name);

	if (ret > 0) {
		if (c.prev)
			c.prev->rec_len += c.de->rec_len;
		c.de->inode = 0;
		dir_changed(&c);
	}
	put_cursor(&c);
	return ret < 0 ? ret : ret ? 0 : -ENOENT;
}

int ext2_set_link(struct inode *dir, const struct qstr *name, struct inode *inode)
{
	struct cursor c;
	int ret = find_entry(&c, dir, name);

	if (ret > 0) {
		fill_entry(c.de, name, inode);
		dir_changed(&c);
	}
	put_cursor(&c);
	return ret < 0 ? ret : ret ? 0 : -ENOENT;
}

int ext2_make_empty(struct inode *inode, struct inode *parent)
{
	static const struct qstr dot = { ".", 1 }, dotdot = { "..", 2 };
	int ret = ext2_add_link(inode, &dot, inode);

	return ret ? ret : ext2_add_link(inode, &dotdot, parent);
}

int ext2_empty_dir(struct inode *inode)
{
	struct cursor c = { .dir = inode };
	int ret;

	for (ret = load_entry(&c); ret > 0; ret = next_entry(&c)) {
		bool dots = c.de->name_len && c.de->name[0] == '.' &&
			    (c.de->name_len == 1 || (c.de->name_len == 2 && c.de->name[1] == '.'));

		if (c.de->inode && !dots)
			break;
	}
	put_cursor(&c);
	return ret < 0 ? ret : !ret;
}

/* A position may have come to lie inside an entry since: each block is walked from its beginning. */
static int ext2_readdir(struct file *file, struct dir_context *ctx)
{
	static const u8 types[] = { DT_UNKNOWN, DT_REG, DT_DIR, DT_CHR, DT_BLK, DT_FIFO, DT_SOCK, DT_LNK };
	struct inode *dir = file_inode(file);
	struct cursor c = { .dir = dir, .pos = ALIGN_DOWN(ctx->pos, (loff_t)dir->i_sb->s_blocksize) };
	int ret;

	for (ret = load_entry(&c); ret > 0; ret = next_entry(&c)) {
		u8 type = has_file_types(dir->i_sb) && c.de->file_type < ARRAY_SIZE(types) ? types[c.de->file_type] : 0;

		if (c.pos < ctx->pos || !c.de->inode)
			continue;
		ctx->pos = c.pos;
		if (!dir_emit(ctx, c.de->name, c.de->name_len, c.de->inode, type))
			break;
		ctx->pos = c.pos + c.de->rec_len;
	}
	put_cursor(&c);
	return ret < 0 ? ret : 0;
}

static int ext2_dir_fsync(struct file *file)
{
	int err = write_inode_now(file_inode(file)), ret = sync_blockdev(file_inode(file)->i_sb->s_bdev);

	return err ? err : ret;
}

const struct file_operations ext2_dir_operations = {
	.llseek = generic_file_llseek,
	.iterate_shared = ext2_readdir,
	.fsync = ext2_dir_fsync,
};
