/* The user and group databases: /etc/passwd, /etc/group, /etc/shadow. */
#pragma once
#include <sys/types.h>

struct passwd {
	char *pw_name, *pw_passwd;
	uid_t pw_uid;
	gid_t pw_gid;
	char *pw_gecos, *pw_dir, *pw_shell;
};

/* Each answer is overwritten by the next call. */
struct passwd *getpwnam(const char *name);
struct passwd *getpwuid(uid_t uid);
const char *group_name(gid_t gid);
/* Fills list with gid and the groups that name the user; returns their count. */
int user_groups(const char *name, gid_t gid, gid_t *list, int max);
/* The password field of a user in /etc/shadow, or NULL. */
char *shadow_password(const char *name);
/* SHA-256-crypt of a password, with the salt (and rounds) of an existing hash. */
char *crypt(const char *password, const char *setting);

/* Account things that login and su share. A line from the terminal, without its end; 0 when there is none. */
int read_line(char *line, size_t size);
/* Asks for the user's password, if there is one; pw may be NULL. Exits when the terminal has nothing more to say. */
int may_enter(struct passwd *pw);
/* Takes on the user's groups and ids for good, or dies. */
void become_user(const struct passwd *pw);
