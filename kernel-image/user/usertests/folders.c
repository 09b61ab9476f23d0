/* Names, links and folders. */
#include "usertests.h"

TEST(folders, a_hard_link_is_the_same_file)
{
	struct stat a, b;

	close(file_with("a", "text"));
	EXPECT_EQUAL(link("a", "b"), 0);
	stat("a", &a);
	stat("b", &b);
	EXPECT(a.st_ino == b.st_ino && a.st_nlink == 2);
	EXPECT_EQUAL(unlink("a"), 0);
	expect_content("b", "text");
	EXPECT_ERROR(sys(NR_linkat, AT_FDCWD, "a", AT_FDCWD, "c", 0), ENOENT);
	EXPECT_ERROR(sys(NR_linkat, AT_FDCWD, "b", AT_FDCWD, "b", 0), EEXIST);
	mkdir("d", 0755);
	EXPECT_ERROR(sys(NR_linkat, AT_FDCWD, "d", AT_FDCWD, "e", 0), EPERM);
}

TEST(folders, an_unlinked_open_file_lives_on)
{
	int fd = file_with("file", "still here");
	char buf[10];

	EXPECT_EQUAL(unlink("file"), 0);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "file", O_RDONLY, 0), ENOENT);
	EXPECT_EQUAL(read(fd, buf, 10), 10);
	EXPECT(!memcmp(buf, "still here", 10));
	EXPECT_ERROR(sys(NR_unlinkat, AT_FDCWD, "file", 0), ENOENT);
}

TEST(folders, symbolic_links_are_followed_and_read)
{
	struct stat st;
	char buf[32];

	close(file_with("target", "text"));
	EXPECT_EQUAL(symlink("target", "link"), 0);
	expect_content("link", "text");
	EXPECT_EQUAL(readlink("link", buf, sizeof(buf)), 6);
	EXPECT(!memcmp(buf, "target", 6));
	EXPECT_EQUAL(readlink("link", buf, 3), 3);
	EXPECT_EQUAL(lstat("link", &st), 0);
	EXPECT(S_ISLNK(st.st_mode) && st.st_size == 6);
	EXPECT_ERROR(sys(NR_readlinkat, AT_FDCWD, "target", buf, 32), EINVAL);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "link", O_RDONLY | O_NOFOLLOW, 0), ELOOP);
	unlink("target");
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "link", O_RDONLY, 0), ENOENT);
}

TEST(folders, a_ring_of_links_is_ELOOP)
{
	symlink("b", "a");
	symlink("a", "b");
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "a", O_RDONLY, 0), ELOOP);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "a/x", O_RDONLY, 0), ELOOP);
}

TEST(folders, a_link_in_the_middle_of_a_path_is_followed)
{
	mkdir("d", 0755);
	close(file_with("d/file", "x"));
	symlink("d", "link");
	symlink("../d/file", "d/up");
	expect_content("link/file", "x");
	expect_content("link/up", "x");
	expect_content("link/../d/./file", "x");
}

TEST(folders, mkdir_and_rmdir)
{
	EXPECT_EQUAL(mkdir("d", 0755), 0);
	EXPECT_ERROR(sys(NR_mkdirat, AT_FDCWD, "d", 0755), EEXIST);
	close(file_with("d/file", ""));
	EXPECT_ERROR(sys(NR_unlinkat, AT_FDCWD, "d", AT_REMOVEDIR), ENOTEMPTY);
	EXPECT_ERROR(sys(NR_unlinkat, AT_FDCWD, "d/file", AT_REMOVEDIR), ENOTDIR);
	EXPECT_ERROR(sys(NR_unlinkat, AT_FDCWD, "d", 0), EISDIR);
	unlink("d/file");
	EXPECT_ERROR(sys(NR_unlinkat, AT_FDCWD, "d/.", AT_REMOVEDIR), EINVAL);
	EXPECT_EQUAL(rmdir("d"), 0);
	EXPECT_ERROR(sys(NR_mkdirat, AT_FDCWD, "no/d", 0755), ENOENT);
}

TEST(folders, links_of_folders_are_counted)
{
	struct stat st;

	mkdir("d", 0755);
	mkdir("d/a", 0755);
	mkdir("d/b", 0755);
	stat("d", &st);
	EXPECT_EQUAL(st.st_nlink, 4);
	rmdir("d/a");
	stat("d", &st);
	EXPECT_EQUAL(st.st_nlink, 3);
}

TEST(folders, the_working_directory_can_be_removed)
{
	char buf[64];

	mkdir("gone", 0755);
	EXPECT_EQUAL(chdir("gone"), 0);
	EXPECT_EQUAL(rmdir("../gone"), 0);
	EXPECT_ERROR(sys(NR_getcwd, buf, sizeof(buf)), ENOENT);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "x", O_CREAT | O_RDWR, 0644), ENOENT);
}

TEST(folders, rename_replaces_files_in_one_step)
{
	close(file_with("a", "new"));
	close(file_with("b", "old"));
	EXPECT_EQUAL(rename("a", "b"), 0);
	expect_content("b", "new");
	EXPECT_ERROR(sys(NR_renameat2, AT_FDCWD, "a", AT_FDCWD, "b", 0), ENOENT);
	close(file_with("a", "again"));
	EXPECT_ERROR(sys(NR_renameat2, AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE), EEXIST);
}

TEST(folders, rename_of_folders_has_rules)
{
	mkdir("a", 0755);
	mkdir("a/b", 0755);
	mkdir("full", 0755);
	close(file_with("full/file", ""));
	close(file_with("file", ""));
	EXPECT_ERROR(sys(NR_renameat2, AT_FDCWD, "a", AT_FDCWD, "a/b/c", 0), EINVAL);
	EXPECT_ERROR(sys(NR_renameat2, AT_FDCWD, "a", AT_FDCWD, "full", 0), ENOTEMPTY);
	EXPECT_ERROR(sys(NR_renameat2, AT_FDCWD, "a", AT_FDCWD, "file", 0), ENOTDIR);
	EXPECT_ERROR(sys(NR_renameat2, AT_FDCWD, "file", AT_FDCWD, "a", 0), EISDIR);
	EXPECT_EQUAL(rename("a", "moved"), 0);
	EXPECT_EQUAL(rename("moved", "moved"), 0);
	EXPECT_EQUAL(access("moved/b", F_OK), 0);
}

TEST(folders, a_moved_folder_knows_its_parent)
{
	struct stat before, after;

	mkdir("from", 0755);
	mkdir("to", 0755);
	mkdir("from/d", 0755);
	stat("to", &before);
	EXPECT_EQUAL(rename("from/d", "to/d"), 0);
	stat("to/d/..", &after);
	EXPECT_EQUAL(after.st_ino, before.st_ino);
}

TEST(folders, getdents64_lists_each_entry_once)
{
	enum { FILES = 200 };
	static unsigned char seen[FILES];
	static char buf[512];
	int others = 0, fd;
	char name[16];
	long len;

	mkdir("d", 0755);
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "d/f%03d", i);
		close(file_with(name, ""));
	}
	fd = open("d", O_RDONLY | O_DIRECTORY);
	while ((len = sys(NR_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < len; at += *(unsigned short *)(buf + at + 16)) {
			char *entry = buf + at + 19;

			if (entry[0] == 'f')
				seen[atoi(entry + 1)]++;
			else
				others++;
		}
	}
	EXPECT_EQUAL(len, 0);
	EXPECT_EQUAL(others, 2);
	for (int i = 0; i < FILES; i++)
		EXPECT_EQUAL(seen[i], 1);
	lseek(fd, 0, SEEK_SET);
	EXPECT_ERROR(sys(NR_getdents64, fd, buf, 4), EINVAL);
	EXPECT_ERROR(sys(NR_getdents64, file_with("file", ""), buf, 512), ENOTDIR);
}

TEST(folders, names_that_are_too_long_are_refused)
{
	static char name[300], path[5000];

	memset(name, 'n', 255);
	EXPECT(sys(NR_openat, AT_FDCWD, name, O_CREAT | O_RDWR, 0644) >= 0);
	name[255] = 'n';
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, name, O_CREAT | O_RDWR, 0644), ENAMETOOLONG);
	memset(path, '/', sizeof(path) - 1);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, path, O_RDONLY, 0), ENAMETOOLONG);
}

TEST(folders, a_file_is_no_folder)
{
	close(file_with("file", ""));
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "file/x", O_RDONLY, 0), ENOTDIR);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "file/", O_RDONLY, 0), ENOTDIR);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "file", O_RDONLY | O_DIRECTORY, 0), ENOTDIR);
	EXPECT_ERROR(sys(NR_chdir, "file"), ENOTDIR);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, ".", O_RDWR, 0), EISDIR);
	EXPECT_ERROR(sys(NR_read, open(".", O_RDONLY), &errno, 1), EISDIR);
}

TEST(folders, dots_and_slashes_lead_where_they_should)
{
	struct stat a, b;

	mkdir("d", 0755);
	stat(".", &a);
	EXPECT_EQUAL(stat("d//../././/d/..", &b), 0);
	EXPECT_EQUAL(a.st_ino, b.st_ino);
	EXPECT_EQUAL(stat("/..", &b), 0);
	stat("/", &a);
	EXPECT_EQUAL(a.st_ino, b.st_ino);
}

TEST(folders, getcwd_names_the_way_from_the_root)
{
	char buf[64];

	mkdir("deep", 0755);
	mkdir("deep/er", 0755);
	EXPECT_EQUAL(chdir("deep/er"), 0);
	EXPECT_EQUAL(sys(NR_getcwd, buf, sizeof(buf)), strlen("/tmp/usertests/deep/er") + 1);
	EXPECT(!strcmp(buf, "/tmp/usertests/deep/er"));
	EXPECT_ERROR(sys(NR_getcwd, buf, 5), ERANGE);
}

TEST(folders, openat_starts_at_its_folder)
{
	int d, fd;

	mkdir("d", 0755);
	d = open("d", O_RDONLY | O_DIRECTORY);
	fd = sys(NR_openat, d, "file", O_CREAT | O_RDWR, 0644);
	EXPECT(fd >= 0);
	EXPECT_EQUAL(access("d/file", F_OK), 0);
	EXPECT_EQUAL(sys(NR_fchdir, d), 0);
	EXPECT_EQUAL(access("file", F_OK), 0);
	EXPECT_ERROR(sys(NR_openat, fd, "file", O_RDONLY, 0), ENOTDIR);
	EXPECT_ERROR(sys(NR_openat, 999, "file", O_RDONLY, 0), EBADF);
}

TEST(folders, chroot_keeps_inside)
{
	struct stat root, up;

	mkdir("jail", 0755);
	mkdir("jail/cell", 0755);
	EXPECT_EQUAL(sys(NR_chroot, "jail"), 0);
	EXPECT_EQUAL(chdir("/cell"), 0);
	stat("/", &root);
	EXPECT_EQUAL(stat("../../../..", &up), 0);
	EXPECT_EQUAL(root.st_ino, up.st_ino);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "/bin/sh", O_RDONLY, 0), ENOENT);
}

TEST(folders, three_hundred_files_come_and_go)
{
	char name[16];
	int fd;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 300; i++) {
			snprintf(name, sizeof(name), "f%d", i);
			fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0644);
			EXPECT(fd >= 0);
			close(fd);
		}
		for (int i = 0; i < 300; i++) {
			snprintf(name, sizeof(name), "f%d", i);
			EXPECT_EQUAL(unlink(name), 0);
		}
	}
}

TEST(folders, processes_that_create_and_remove_the_same_names_agree)
{
	pid_t pid[4];

	for (int p = 0; p < 4; p++) {
		pid[p] = start_child();
		if (pid[p] == 0) {
			char name[] = "same0";

			for (int i = 0; i < 150; i++) {
				long fd;

				name[4] = '0' + i % 3;
				fd = sys(NR_openat, AT_FDCWD, name, O_CREAT | O_RDWR, 0644);
				EXPECT(fd >= 0);
				close(fd);
				fd = sys(NR_unlinkat, AT_FDCWD, name, 0);
				EXPECT(fd == 0 || fd == -ENOENT);
			}
			_exit(0);
		}
	}
	for (int p = 0; p < 4; p++)
		EXPECT_EQUAL(wait_for(pid[p]), 0);
	for (char name[] = "same0"; name[4] < '3'; name[4]++)
		EXPECT(access(name, F_OK) == 0 ? unlink(name) == 0 : errno == ENOENT);
}
