/* The grammar of POSIX shell commands, by recursive descent over lexemes. */
#include "sh.h"
#include <stdlib.h>
#include <string.h>

static struct lexeme current;
static bool failed, have_current;
static struct here { struct here *next; struct redirect *redirect; char *delimiter; bool strip_tabs; } *here_documents;

static struct node *list(void);

static void read_here_documents(void)
{
	for (; here_documents; here_documents = here_documents->next)
		read_here_document(here_documents->redirect, here_documents->delimiter, here_documents->strip_tabs);
}

static enum token peek(void)
{
	if (failed)
		return T_END;
	if (!have_current) {
		current = next_lexeme();
		have_current = true;
		if (current.token == T_NEWLINE)
			read_here_documents();
	}
	return current.token;
}

static struct lexeme advance(void)
{
	peek();
	have_current = false;
	continuing = true;
	return current;
}

static void *syntax_error(void)
{
	static const char *const names[] = {
		[T_NEWLINE] = "newline", [T_END] = "end of file", [T_SEMI] = ";", [T_DSEMI] = ";;", [T_AMP] = "&",
		[T_AND] = "&&", [T_PIPE] = "|", [T_OR] = "||", [T_LPAREN] = "(", [T_RPAREN] = ")", [T_LESS] = "<",
		[T_GREAT] = ">", [T_DGREAT] = ">>", [T_LESSAND] = "<&", [T_GREATAND] = ">&", [T_LESSGREAT] = "<>",
		[T_DLESS] = "<<", [T_DLESSDASH] = "<<-",
	};

	if (!failed && !got_interrupt)
		complain("syntax error: unexpected %s", current.token == T_WORD ? current.text : names[current.token]);
	failed = true;
	return NULL;
}

static bool at_word(const char *word)
{
	return peek() == T_WORD && !strcmp(current.text, word);
}

static bool expect_word(const char *word)
{
	if (!at_word(word)) {
		syntax_error();
		return false;
	}
	advance();
	return true;
}

static void skip_newlines(void)
{
	while (peek() == T_NEWLINE)
		advance();
}

static struct node *new_node(enum node_type type, struct node *left, struct node *right)
{
	struct node *n = take(sizeof(*n));

	n->type = type;
	n->left = left;
	n->right = right;
	return n;
}

static void here_document(struct redirect *r, char *word, bool strip_tabs)
{
	struct here *here = take(sizeof(*here)), **link = &here_documents;
	char *out = word;

	r->literal = word[strcspn(word, "\\'\"")] != '\0';
	for (const char *in = word; *in; in++)
		if (!strchr("\\'\"", *in))
			*out++ = *in;
	*out = '\0';
	*here = (struct here){ NULL, r, word, strip_tabs };
	while (*link)
		link = &(*link)->next;
	*link = here;
}

static bool at_redirect(void)
{
	return peek() >= T_LESS;
}

static void redirection(struct redirect ***tail)
{
	struct lexeme op = advance();
	struct redirect *r = take(sizeof(*r));

	switch (op.token) {
	case T_LESS: r->kind = REDIRECT_IN; break;
	case T_GREAT: r->kind = REDIRECT_OUT; break;
	case T_DGREAT: r->kind = REDIRECT_APPEND; break;
	case T_LESSGREAT: r->kind = REDIRECT_BOTH; break;
	case T_DLESS: case T_DLESSDASH: r->kind = REDIRECT_HERE; break;
	default: r->kind = REDIRECT_DUP;
	}
	r->fd = op.fd >= 0 ? op.fd : op.token == T_GREAT || op.token == T_DGREAT || op.token == T_GREATAND;
	if (peek() != T_WORD) {
		syntax_error();
		return;
	}
	if (r->kind == REDIRECT_HERE)
		here_document(r, current.text, op.token == T_DLESSDASH);
	else
		r->target = current.text;
	advance();
	**tail = r;
	*tail = &r->next;
}

static void redirections(struct node *n)
{
	struct redirect **tail = &n->redirects;

	while (at_redirect())
		redirection(&tail);
}

/* The words of a list up to something that is not a word. */
static struct word *words(void)
{
	struct word *first = NULL, **tail = &first;

	while (peek() == T_WORD) {
		*tail = take(sizeof(**tail));
		(*tail)->text = advance().text;
		tail = &(*tail)->next;
	}
	return first;
}

static struct node *compound(enum node_type type, const char *end)
{
	struct node *n;

	advance();
	n = new_node(type, list(), NULL);
	return expect_word(end) ? n : NULL;
}

static struct node *if_clause(void)
{
	struct node *n = new_node(IF, NULL, NULL);

	advance();
	n->left = list();
	if (!expect_word("then"))
		return NULL;
	n->right = list();
	if (at_word("elif")) {
		n->other = if_clause();
		return n;
	}
	if (at_word("else")) {
		advance();
		n->other = list();
	}
	return expect_word("fi") ? n : NULL;
}

static struct node *do_group(void)
{
	struct node *body;

	if (!expect_word("do"))
		return NULL;
	body = list();
	return expect_word("done") ? body : NULL;
}

static struct node *loop(enum node_type type)
{
	struct node *n = new_node(type, NULL, NULL);

	advance();
	n->left = list();
	n->right = do_group();
	return n;
}

static struct node *for_clause(void)
{
	struct node *n = new_node(FOR, NULL, NULL);

	advance();
	if (peek() != T_WORD || name_length(current.text) != strlen(current.text))
		return syntax_error();
	n->words = take(sizeof(*n->words));
	n->words->text = advance().text;
	skip_newlines();
	if (at_word("in")) {
		advance();
		n->words->next = words();
	} else {
		n->all_arguments = true;
	}
	if (peek() == T_SEMI)
		advance();
	skip_newlines();
	n->right = do_group();
	return n;
}

static struct case_item *case_item(void)
{
	struct case_item *item = take(sizeof(*item));
	struct word **tail = &item->patterns;

	if (peek() == T_LPAREN)
		advance();
	for (;;) {
		if (peek() != T_WORD)
			return syntax_error();
		*tail = take(sizeof(**tail));
		(*tail)->text = advance().text;
		tail = &(*tail)->next;
		if (peek() != T_PIPE)
			break;
		advance();
	}
	if (peek() != T_RPAREN)
		return syntax_error();
	advance();
	skip_newlines();
	if (peek() != T_DSEMI && !at_word("esac"))
		item->body = list();
	if (peek() == T_DSEMI)
		advance();
	else if (!at_word("esac"))
		return syntax_error();
	skip_newlines();
	return item;
}

static struct node *case_clause(void)
{
	struct node *n = new_node(CASE, NULL, NULL);
	struct case_item **tail = &n->items;

	advance();
	if (peek() != T_WORD)
		return syntax_error();
	n->words = take(sizeof(*n->words));
	n->words->text = advance().text;
	skip_newlines();
	if (!expect_word("in"))
		return NULL;
	skip_newlines();
	while (!failed && !at_word("esac")) {
		*tail = case_item();
		if (*tail)
			tail = &(*tail)->next;
	}
	return expect_word("esac") ? n : NULL;
}

static struct node *subshell(void)
{
	struct node *n;

	advance();
	n = new_node(SUBSHELL, list(), NULL);
	if (peek() != T_RPAREN)
		return syntax_error();
	advance();
	return n;
}

static struct node *command(void);

static struct node *function(struct word *name)
{
	struct node *n = new_node(FUNCTION, NULL, NULL);

	advance();
	if (peek() != T_RPAREN)
		return syntax_error();
	advance();
	skip_newlines();
	n->words = name;
	n->left = command();
	return n;
}

static struct node *simple_command(void)
{
	struct node *n = new_node(COMMAND, NULL, NULL);
	struct word **tail = &n->words;
	struct redirect **redirect_tail = &n->redirects;

	for (;;) {
		if (at_redirect()) {
			redirection(&redirect_tail);
		} else if (peek() == T_WORD) {
			*tail = take(sizeof(**tail));
			(*tail)->text = advance().text;
			tail = &(*tail)->next;
		} else if (peek() == T_LPAREN && n->words && !n->words->next && !n->redirects &&
			   name_length(n->words->text) == strlen(n->words->text)) {
			return function(n->words);
		} else {
			break;
		}
	}
	return n->words || n->redirects ? n : syntax_error();
}

static struct node *command(void)
{
	struct node *n;

	if (at_word("if"))
		n = if_clause();
	else if (at_word("while") || at_word("until"))
		n = loop(at_word("while") ? WHILE : UNTIL);
	else if (at_word("for"))
		n = for_clause();
	else if (at_word("case"))
		n = case_clause();
	else if (at_word("{"))
		n = compound(GROUP, "}");
	else if (peek() == T_LPAREN)
		n = subshell();
	else
		return simple_command();
	if (n && !failed)
		redirections(n);
	return n;
}

static struct node *pipeline(void)
{
	bool not = at_word("!");
	struct node *n;

	if (not)
		advance();
	n = command();
	while (!failed && peek() == T_PIPE) {
		advance();
		skip_newlines();
		n = new_node(PIPE, n, command());
	}
	return not ? new_node(NOT, n, NULL) : n;
}

static struct node *and_or(void)
{
	struct node *n = pipeline();

	while (!failed && (peek() == T_AND || peek() == T_OR)) {
		enum node_type type = advance().token == T_AND ? AND : OR;

		skip_newlines();
		n = new_node(type, n, pipeline());
	}
	return n;
}

static bool at_list_end(void)
{
	static const char *const enders[] = { "then", "elif", "else", "fi", "do", "done", "esac", "}" };

	if (peek() == T_RPAREN || peek() == T_DSEMI || peek() == T_END)
		return true;
	for (unsigned int i = 0; i < sizeof(enders) / sizeof(enders[0]); i++)
		if (at_word(enders[i]))
			return true;
	return false;
}

/* and_or after and_or; stop says that a newline ends the list (a command line, not a body). */
static struct node *sequence(bool stop)
{
	struct node *n = NULL;

	while (!failed) {
		struct node *next = and_or();
		enum token t = peek();

		if (t == T_AMP)
			next = new_node(BACKGROUND, next, NULL);
		n = n ? new_node(SEQUENCE, n, next) : next;
		if (t != T_AMP && t != T_SEMI && (t != T_NEWLINE || stop))
			break;
		advance();
		if (stop && (peek() == T_NEWLINE || peek() == T_END))
			break;
		if (!stop)
			skip_newlines();
		if (at_list_end())
			break;
	}
	return n;
}

static struct node *list(void)
{
	skip_newlines();
	if (at_list_end())
		return syntax_error();
	return sequence(false);
}

enum parse_result parse_command(struct node **node)
{
	failed = have_current = incomplete = continuing = false;
	here_documents = NULL;
	*node = NULL;
	if (peek() == T_NEWLINE)
		return PARSED_NOTHING;
	if (peek() == T_END)
		return got_interrupt ? PARSE_ERROR : END_OF_INPUT;
	*node = sequence(true);
	if (!failed && peek() != T_NEWLINE && peek() != T_END)
		syntax_error();
	if (!failed && incomplete) {
		complain("syntax error: unterminated quotation");
		failed = true;
	}
	continuing = false;
	return failed ? PARSE_ERROR : PARSED;
}
