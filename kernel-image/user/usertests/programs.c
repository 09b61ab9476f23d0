/* Executing programs: what is refused, what goes along, what is left behind. */
#include "usertests.h"

#define SELF "/proc/self/exe"

/* argv: "exec-check" COUNT WORD...: the environment must be exactly A=1, and as many words as told must follow. */
int exec_check(int argc, char **argv)
{
	if (argc < 3 || argc != atoi(argv[2]) + 3)
		return 2;
	for (int i = 3; i < argc; i++)
		if (atoi(argv[i]) != i)
			return 3;
	return !environ[0] || environ[1] || strcmp(environ[0], "A=1");
}

static long execute(const char *path)
{
	return sys(NR_execve, path, (char *[]){ "exec-check", NULL }, (char *[]){ NULL });
}

static void make(const char *path, const void *bytes, size_t size, mode_t mode)
{
	int fd = open(path, O_CREAT | O_RDWR | O_TRUNC, 0755);

	EXPECT_EQUAL(write(fd, bytes, size), size);
	close(fd);
	chmod(path, mode);
}

TEST(programs, what_is_no_program_is_refused)
{
	make("empty", "", 0, 0755);
	make("noise", "certainly no program", 20, 0755);
	make("plain", "#!/bin/sh\n", 10, 0644);
	EXPECT_EQUAL(sys(NR_mknodat, AT_FDCWD, "fifo", 0010755, 0), 0);
	EXPECT_ERROR(execute("fifo"), EACCES);
	EXPECT_ERROR(execute(""), ENOENT);
	EXPECT_ERROR(execute("missing"), ENOENT);
	EXPECT_ERROR(execute("/tmp"), EACCES);
	EXPECT_ERROR(execute("plain"), EACCES);
	EXPECT_ERROR(execute("empty"), ENOEXEC);
	EXPECT_ERROR(execute("noise"), ENOEXEC);
	EXPECT_ERROR(execute("noise/x"), ENOTDIR);
	EXPECT_ERROR(execute((char *)8), EFAULT);
	EXPECT_ERROR(sys(NR_execve, "/bin/true", (char **)0x1000, NULL), EFAULT);
}

TEST(programs, broken_ELF_files_are_refused)
{
	static unsigned char head[256];
	int fd = open(SELF, O_RDONLY);

	EXPECT_EQUAL(read(fd, head, sizeof(head)), sizeof(head));
	make("short", head, 40, 0755);
	EXPECT_ERROR(execute("short"), ENOEXEC);
	head[18] = 62;	/* x86-64 */
	make("foreign", head, sizeof(head), 0755);
	EXPECT_ERROR(execute("foreign"), ENOEXEC);
	head[18] = 243;
	head[4] = 1;	/* 32 bits */
	make("narrow", head, sizeof(head), 0755);
	EXPECT_ERROR(execute("narrow"), ENOEXEC);
	head[4] = 2;
	head[54] = 1;	/* the size of a program header */
	make("odd", head, sizeof(head), 0755);
	EXPECT_ERROR(execute("odd"), ENOEXEC);
}

TEST(programs, arguments_and_environment_arrive)
{
	pid_t pid = start_child();

	if (pid == 0) {
		execve(SELF, (char *[]){ "x", "exec-check", "2", "3", "4", NULL }, (char *[]){ "A=1", NULL });
		_exit(99);
	}
	EXPECT_EQUAL(wait_for(pid), 0);
}

TEST(programs, a_hundred_kilobytes_of_arguments_arrive)
{
	enum { WORDS = 3000 };
	static char words[WORDS][34], *argv[WORDS + 4];
	pid_t pid = start_child();

	if (pid == 0) {
		argv[0] = "x";
		argv[1] = "exec-check";
		argv[2] = "3000";
		for (int i = 0; i < WORDS; i++) {
			snprintf(words[i], sizeof(words[i]), "%032d", i + 3);
			argv[i + 3] = words[i];
		}
		execve(SELF, argv, (char *[]){ "A=1", NULL });
		_exit(99);
	}
	EXPECT_EQUAL(wait_for(pid), 0);
}

TEST(programs, an_argument_that_is_too_long_is_E2BIG)
{
	char *word = map_pages(64, MAP_PRIVATE);

	memset(word, 'x', 64 * PAGE - 1);
	EXPECT_ERROR(sys(NR_execve, SELF, (char *[]){ "x", word, NULL }, (char *[]){ NULL }), E2BIG);
}

TEST(programs, a_failed_exec_changes_nothing)
{
	static int value = 77;
	int fd = fcntl(0, F_DUPFD_CLOEXEC, 30);

	EXPECT_ERROR(execute("missing"), ENOENT);
	EXPECT_EQUAL(value, 77);
	EXPECT_EQUAL(fcntl(fd, F_GETFD, 0), FD_CLOEXEC);
}

static int run_script(const char *text)
{
	pid_t pid;

	make("script", text, strlen(text), 0755);
	pid = start_child();
	if (pid == 0) {
		sys(NR_execve, "./script", (char *[]){ "script", "arg", NULL }, (char *[]){ "PATH=/bin", NULL });
		_exit(99);
	}
	return wait_for(pid);
}

TEST(programs, scripts_run_by_their_interpreter)
{
	EXPECT_EQUAL(run_script("#!/bin/sh\n[ \"$0\" = ./script ] && [ \"$1\" = arg ] && exit 5\n"), 5 << 8);
	EXPECT_EQUAL(run_script("#! /bin/sh -e\nfalse\nexit 5\n"), 1 << 8);
	EXPECT_EQUAL(run_script("#!/no/such/interpreter\n"), 99 << 8);
}

TEST(programs, a_script_of_itself_ends)
{
	make("loop", "#!./loop\n", 9, 0755);
	EXPECT_ERROR(execute("./loop"), ELOOP);
}

TEST(programs, close_on_exec_closes)
{
	pid_t pid;
	int fd[2];
	char c;

	pipe2(fd, O_CLOEXEC);
	pid = start_child();
	if (pid == 0) {
		execve("/bin/sleep", (char *[]){ "sleep", "1000", NULL }, (char *[]){ NULL });
		_exit(99);
	}
	close(fd[1]);
	EXPECT_EQUAL(read(fd[0], &c, 1), 0);
	kill(pid, SIGKILL);
	EXPECT_EQUAL(wait_for(pid), SIGKILL);
}

static void nothing(int sig)
{
	(void)sig;
}

TEST(programs, handlers_are_reset_and_ignoring_stays)
{
	int pid = start_child();

	if (pid == 0) {
		signal(SIGUSR1, nothing);
		signal(SIGUSR2, SIG_IGN);
		execve("/bin/sh", (char *[]){ "sh", "-c", "kill -USR2 $$; kill -USR1 $$; exit 1", NULL }, environ);
		_exit(99);
	}
	EXPECT_EQUAL(wait_for(pid), SIGUSR1);
}

TEST(programs, the_auxiliary_vector_describes_the_program)
{
	unsigned long pair[2], seen[64] = { 0 };
	struct stat st;
	char **end = environ;

	while (*end++)
		;
	for (unsigned long *at = (unsigned long *)end; (pair[0] = at[0]) != 0; at += 2)
		if (pair[0] < 64)
			seen[pair[0]] = at[1];
	EXPECT_EQUAL(seen[6], PAGE);		/* AT_PAGESZ */
	EXPECT(seen[3] && seen[5] >= 2);	/* AT_PHDR, AT_PHNUM */
	EXPECT_EQUAL(seen[4], 56);		/* AT_PHENT */
	EXPECT(seen[9] >= 0x10000);		/* AT_ENTRY */
	EXPECT_EQUAL(seen[11], getuid());	/* AT_UID */
	EXPECT(seen[25] && seen[31]);		/* AT_RANDOM, AT_EXECFN */
	EXPECT_EQUAL(stat((char *)seen[31], &st), 0);
	EXPECT_EQUAL((seen[16] >> ('c' - 'a')) & 1, 1);	/* AT_HWCAP has C */
}

TEST(programs, a_set_user_id_program_runs_as_its_owner)
{
	int fd[2];
	pid_t pid;
	char c[16] = "";

	make("copy", "", 0, 0755);
	pid = start_child();
	if (pid == 0) {
		execve("/bin/cp", (char *[]){ "cp", "/bin/id", "copy", NULL }, environ);
		_exit(99);
	}
	EXPECT_EQUAL(wait_for(pid), 0);
	EXPECT_EQUAL(chmod("copy", 04755), 0);
	pipe2(fd, 0);
	pid = start_child();
	if (pid == 0) {
		EXPECT_EQUAL(setuid(USER), 0);
		dup2(fd[1], 1);
		execve("./copy", (char *[]){ "id", "-u", NULL }, environ);
		_exit(99);
	}
	EXPECT_EQUAL(wait_for(pid), 0);
	EXPECT(read(fd[0], c, sizeof(c)) > 0);
	EXPECT(!strcmp(c, "0\n"));
}

static void copy_sleep(void *to)
{
	static char bytes[65536];
	int from = open("/bin/sleep", O_RDONLY);
	long size = read(from, bytes, sizeof(bytes));

	EXPECT(size > 0 && size < (long)sizeof(bytes));
	make(to, bytes, size, 0700);
}

static void try_to_read(void *path)
{
	setuid(USER);
	_exit(open(path, O_RDONLY) < 0 ? errno : 0);
}

/* The owner of /proc/PID of a program that USER executes, and the error of USER's reading its file. */
static unsigned int owner_of_process(mode_t mode, long *error)
{
	char path[32], text[64];
	struct stat st;
	pid_t pid;

	unlink("sleeper");
	EXPECT_EQUAL(status_of(copy_sleep, "sleeper"), 0);
	chmod("sleeper", mode);
	*error = WEXITSTATUS(status_of(try_to_read, "sleeper"));
	pid = start_child();
	if (pid == 0) {
		setuid(USER);
		sys(NR_execve, "sleeper", (char *[]){ "sleeper", "100", NULL }, (char *[]){ NULL });
		_exit(1);
	}
	do {
		int fd;

		sleep_ms(2);
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		fd = open(path, O_RDONLY);
		EXPECT(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
		close(fd);
	} while (!strstr(text, "(sleeper)"));
	*strrchr(path, '/') = 0;
	EXPECT_EQUAL(stat(path, &st), 0);
	kill(pid, SIGKILL);
	EXPECT_EQUAL(wait_for(pid), SIGKILL);
	return st.st_uid;
}

TEST(programs, what_may_only_be_executed_runs_and_is_hidden)
{
	long error;

	EXPECT_EQUAL(owner_of_process(0755, &error), USER);
	EXPECT_EQUAL(error, 0);
	EXPECT_EQUAL(owner_of_process(0711, &error), 0);
	EXPECT_EQUAL(error, EACCES);
}
