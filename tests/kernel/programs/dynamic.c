/* A program that lets the loader find its libraries, one of them only at run time. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

static __thread int local = 3;

static void *thread(void *arg)
{
	local++;
	return (void *)(long)local;
}

int main(int argc, char **argv)
{
	void *library = dlopen("libm.so.6", RTLD_NOW), *value;
	double (*cosine)(double) = library ? (double (*)(double))dlsym(library, "cos") : NULL;
	pthread_t id;

	if (!cosine || pthread_create(&id, NULL, thread, NULL) || pthread_join(id, &value))
		return 1;
	printf("%d arguments, cos(0.5) = %.3f, thread-local %ld\n", argc, cosine(0.5), (long)value);
	return local != 3;
}
