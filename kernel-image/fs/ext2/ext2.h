/*
 * The second extended file system: what lies on the disk, and what its files share.
 *
 * The disk is divided into groups of blocks, each with a bitmap of its blocks,
 * one of its inodes, and a table of these; descriptors of the groups follow
 * the super block. All numbers are little-endian, as the machine is.
 * (D. Poirier, "The Second Extended File System: Internal Layout".)
 */
#ifndef _FS_EXT2_H
#define _FS_EXT2_H

#include <linux/buffer_head.h>
#include <linux/fs.h>
#include <linux/mutex.h>

#define EXT2_SUPER_MAGIC	0xef53
#define EXT2_ROOT_INO		2
#define EXT2_NAME_LEN		255
#define EXT2_LINK_MAX		32000
#define EXT2_NDIR_BLOCKS	12
#define EXT2_N_BLOCKS		15	/* and one each through one, two and three levels of indirect blocks */
#define EXT2_VALID_FS		1	/* s_state: unmounted cleanly */
#define EXT2_ERROR_FS		2
#define EXT2_INDEX_FL		0x1000	/* i_flags: the directory is hashed; ours are not */
#define EXT2_GOOD_OLD_FIRST_INO	11
#define EXT2_GOOD_OLD_INODE_SIZE 128
#define EXT2_FEATURE_INCOMPAT_FILETYPE		0x2
#define EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER	0x1
#define EXT2_FEATURE_RO_COMPAT_LARGE_FILE	0x2
#define EXT2_FEATURE_RO_COMPAT_SUPP	0x7

struct ext2_super_block {
	u32 s_inodes_count, s_blocks_count, s_r_blocks_count, s_free_blocks_count, s_free_inodes_count;
	u32 s_first_data_block, s_log_block_size, s_log_frag_size;
	u32 s_blocks_per_group, s_frags_per_group, s_inodes_per_group;
	u32 s_mtime, s_wtime;
	u16 s_mnt_count, s_max_mnt_count, s_magic, s_state, s_errors, s_minor_rev_level;
	u32 s_lastcheck, s_checkinterval, s_creator_os, s_rev_level;
	u16 s_def_resuid, s_def_resgid;
	u32 s_first_ino;
	u16 s_inode_size, s_block_group_nr;
	u32 s_feature_compat, s_feature_incompat, s_feature_ro_compat;
	u8 s_rest[920];
};

struct ext2_group_desc {
	u32 bg_block_bitmap, bg_inode_bitmap, bg_inode_table;
	u16 bg_free_blocks_count, bg_free_inodes_count, bg_used_dirs_count, bg_pad;
	u32 bg_reserved[3];
};

struct ext2_inode {
	u16 i_mode, i_uid;
	u32 i_size, i_atime, i_ctime, i_mtime, i_dtime;
	u16 i_gid, i_links_count;
	u32 i_blocks, i_flags, i_osd1;		/* i_blocks: units of 512 bytes */
	u32 i_block[EXT2_N_BLOCKS];
	u32 i_generation, i_file_acl, i_size_high, i_faddr;
	u16 i_osd2_pad, i_pad, i_uid_high, i_gid_high;
	u32 i_reserved;
};

struct ext2_dir_entry {
	u32 inode;				/* 0: unused */
	u16 rec_len;				/* to the next one, in the same block */
	u8 name_len, file_type;
	char name[];
};

/* At the beginning of a block of attributes, which files with the same ones share. */
struct ext2_xattr_header {
	u32 h_magic, h_refcount, h_blocks, h_hash, h_reserved[4];
};

#define EXT2_XATTR_MAGIC	0xea020000

#define EXT2_DIR_REC_LEN(name_len) ALIGN((name_len) + 8U, 4U)

/* What to do when the file system turns out to be damaged: the mount option errors=, else the super block's s_errors. */
enum ext2_errors { EXT2_ERRORS_CONTINUE = 1, EXT2_ERRORS_RO, EXT2_ERRORS_PANIC };

/* lock covers the bitmaps, the descriptors' and the super block's counts. */
struct ext2_sb_info {
	struct ext2_super_block es;
	struct mutex lock;
	u32 groups, inode_size, first_ino;
	enum ext2_errors errors;
	u32 youngest;		/* the latest time in the super block: no clock can be earlier */
};

/* map_lock covers the tree of blocks: looking it up, making it grow, cutting it, and writing pages through it. */
struct ext2_inode_info {
	u32 i_data[EXT2_N_BLOCKS];
	u32 i_flags, i_dtime;
	u32 i_file_acl;		/* the block of its extended attributes, which are kept and not shown; 0: none */
	struct mutex map_lock;
};

static inline struct ext2_sb_info *EXT2_SB(struct super_block *sb) { return sb->s_fs_info; }
static inline struct ext2_inode_info *EXT2_I(struct inode *inode) { return inode->i_fs; }

static inline u32 ext2_group_first_block(struct super_block *sb, u32 group)
{
	struct ext2_super_block *es = &EXT2_SB(sb)->es;

	return es->s_first_data_block + group * es->s_blocks_per_group;
}

static inline u32 ext2_blocks_in_group(struct super_block *sb, u32 group)
{
	struct ext2_super_block *es = &EXT2_SB(sb)->es;

	return min(es->s_blocks_per_group, es->s_blocks_count - ext2_group_first_block(sb, group));
}

/* super.c: tells, marks the file system as damaged and does what errors= says. Returns -EIO. */
__printf(2, 3) int ext2_error(struct super_block *sb, const char *fmt, ...);
int ext2_group(struct super_block *sb, u32 group, struct buffer_head *bh, struct ext2_group_desc **gd);

/* balloc.c */
int ext2_new_block(struct inode *inode, u32 goal, u32 *block);
int ext2_free_block(struct inode *inode, u32 block);	/* an error: the file system is damaged */
int ext2_find_free_bit(const char *map, u32 from, u32 size);	/* -1: none */

/* ialloc.c */
struct inode *ext2_new_inode(struct inode *dir, umode_t mode);
void ext2_free_inode(struct inode *inode);

/* inode.c */
struct inode *ext2_iget(struct super_block *sb, u32 ino);
int ext2_write_inode(struct inode *inode);
int ext2_clear_raw_inode(struct inode *inode);	/* of what an earlier file left in its place */
void ext2_evict_inode(struct inode *inode);
void ext2_set_ops(struct inode *inode);
int ext2_init_info(struct inode *inode);
extern const struct address_space_operations ext2_aops;

/* map.c */
int ext2_get_block(struct inode *inode, u64 iblock, bool create, u32 *block);
int ext2_lookup_block(struct inode *inode, u64 iblock, bool create, u32 *block);	/* map_lock is held */
void ext2_truncate_blocks(struct inode *inode, loff_t size);

/* dir.c. Callers hold the directory's lock. */
int ext2_inode_by_name(struct inode *dir, const struct qstr *name, u32 *ino);	/* 0: not there */
int ext2_add_link(struct inode *dir, const struct qstr *name, struct inode *inode);
int ext2_delete_entry(struct inode *dir, const struct qstr *name);
int ext2_set_link(struct inode *dir, const struct qstr *name, struct inode *inode);
int ext2_make_empty(struct inode *inode, struct inode *parent);
int ext2_empty_dir(struct inode *inode);	/* 1: it is */
extern const struct file_operations ext2_dir_operations;

/* namei.c */
extern const struct inode_operations ext2_dir_inode_operations;

#endif
