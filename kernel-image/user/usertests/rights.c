/* Users: what root may and others may not. */
#include "usertests.h"

/* The test goes on as the ordinary user. */
static void become_user(void)
{
	EXPECT_EQUAL(sys(NR_setgroups, 0, NULL), 0);
	EXPECT_EQUAL(setgid(USER), 0);
	EXPECT_EQUAL(setuid(USER), 0);
}

TEST(rights, there_is_no_way_back_to_root)
{
	unsigned int real, effective, saved;

	become_user();
	EXPECT_EQUAL(getuid(), USER);
	EXPECT_EQUAL(geteuid(), USER);
	EXPECT_ERROR(sys(NR_setuid, 0), EPERM);
	EXPECT_ERROR(sys(NR_setresuid, -1, 0, -1), EPERM);
	EXPECT_ERROR(sys(NR_setgroups, 0, NULL), EPERM);
	EXPECT_EQUAL(sys(NR_getresuid, &real, &effective, &saved), 0);
	EXPECT(real == USER && effective == USER && saved == USER);
}

TEST(rights, an_effective_user_can_be_put_on_and_off)
{
	EXPECT_EQUAL(sys(NR_setresuid, 0, USER, 0), 0);
	EXPECT_EQUAL(geteuid(), USER);
	EXPECT_EQUAL(getuid(), 0);
	EXPECT_EQUAL(sys(NR_setresuid, -1, 0, -1), 0);
	EXPECT_EQUAL(geteuid(), 0);
}

TEST(rights, modes_of_files_bind_others)
{
	close(file_with("secret", "x"));
	close(file_with("group", "x"));
	close(file_with("open", "x"));
	chmod("secret", 0600);
	chmod("group", 0640);
	chown("group", 0, USER);
	become_user();
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "secret", O_RDONLY, 0), EACCES);
	EXPECT(sys(NR_openat, AT_FDCWD, "group", O_RDONLY, 0) >= 0);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "group", O_RDWR, 0), EACCES);
	EXPECT(sys(NR_openat, AT_FDCWD, "open", O_RDONLY, 0) >= 0);
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "open", O_WRONLY, 0), EACCES);
	EXPECT_ERROR(sys(NR_faccessat, AT_FDCWD, "open", W_OK), EACCES);
	EXPECT_EQUAL(sys(NR_faccessat, AT_FDCWD, "open", R_OK), 0);
}

TEST(rights, a_folder_without_x_hides_its_files)
{
	mkdir("d", 0755);
	close(file_with("d/file", "x"));
	chmod("d", 0744);
	become_user();
	EXPECT_ERROR(sys(NR_openat, AT_FDCWD, "d/file", O_RDONLY, 0), EACCES);
	EXPECT_ERROR(sys(NR_chdir, "d"), EACCES);
	EXPECT(sys(NR_openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY, 0) >= 0);
}

TEST(rights, only_the_owner_changes_mode_and_owner)
{
	close(file_with("roots", ""));
	become_user();
	EXPECT_ERROR(sys(NR_fchmodat, AT_FDCWD, "roots", 0777, 0), EPERM);
	EXPECT_ERROR(sys(NR_fchownat, AT_FDCWD, "roots", USER, USER, 0), EPERM);
	close(file_with("own", ""));
	EXPECT_EQUAL(chmod("own", 0600), 0);
	EXPECT_ERROR(sys(NR_fchownat, AT_FDCWD, "own", 0, 0, 0), EPERM);
}

TEST(rights, a_sticky_folder_keeps_others_files)
{
	mkdir("sticky", 0777);
	chmod("sticky", 01777);
	close(file_with("sticky/roots", ""));
	become_user();
	EXPECT_ERROR(sys(NR_unlinkat, AT_FDCWD, "sticky/roots", 0), EPERM);
	close(file_with("sticky/own", ""));
	EXPECT_EQUAL(unlink("sticky/own"), 0);
}

TEST(rights, a_change_of_owner_clears_set_user_id)
{
	struct stat st;

	close(file_with("file", ""));
	chmod("file", 06755);
	chown("file", USER, USER);
	stat("file", &st);
	EXPECT_EQUAL(st.st_mode & 06000, 0);
	EXPECT(st.st_uid == USER && st.st_gid == USER);
}

TEST(rights, signals_go_to_ones_own_processes_only)
{
	become_user();
	EXPECT_ERROR(sys(NR_kill, 1, SIGTERM), EPERM);
	EXPECT_ERROR(sys(NR_kill, 1, 0), EPERM);
	EXPECT_EQUAL(sys(NR_kill, getpid(), 0), 0);
}

TEST(rights, the_system_belongs_to_root)
{
	struct timespec now = { 0, 0 };

	mkdir("d", 0777);
	chmod("d", 0777);
	become_user();
	EXPECT_ERROR(sys(NR_mount, "none", "d", "ramfs", 0, NULL), EPERM);
	EXPECT_ERROR(sys(NR_umount2, "/proc", 0), EPERM);
	EXPECT_ERROR(sys(NR_reboot, 0xfee1dead, 672274793, 0x4321fedc, 0), EPERM);
	EXPECT_ERROR(sys(NR_sethostname, "x", 1), EPERM);
	EXPECT_ERROR(sys(NR_clock_settime, CLOCK_REALTIME, &now), EPERM);
	EXPECT_ERROR(sys(NR_chroot, "d"), EPERM);
	EXPECT_ERROR(sys(NR_mknodat, AT_FDCWD, "d/null", S_IFCHR | 0666, makedev(1, 3)), EPERM);
}

TEST(rights, limits_can_only_be_lowered)
{
	struct rlimit limit = { 10, 20 };

	become_user();
	EXPECT_EQUAL(sys(NR_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL), 0);
	limit = (struct rlimit){ 20, 20 };
	EXPECT_EQUAL(sys(NR_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL), 0);
	limit.rlim_max = 30;
	EXPECT_ERROR(sys(NR_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL), EPERM);
	limit = (struct rlimit){ 30, 20 };
	EXPECT_ERROR(sys(NR_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL), EINVAL);
}
