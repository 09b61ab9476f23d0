/* Error numbers (asm-generic) and the last error of this process. */
#pragma once

extern int errno;

/* number, name, message: strerror() is made from the same lines. */
#define ERRNO_LIST(E) \
	E(1, EPERM, "Operation not permitted") \
	E(2, ENOENT, "No such file or directory") \
	E(3, ESRCH, "No such process") \
	E(4, EINTR, "Interrupted system call") \
	E(5, EIO, "Input/output error") \
	E(6, ENXIO, "No such device or address") \
	E(7, E2BIG, "Argument list too long") \
	E(8, ENOEXEC, "Exec format error") \
	E(9, EBADF, "Bad file descriptor") \
	E(10, ECHILD, "No child processes") \
	E(11, EAGAIN, "Resource temporarily unavailable") \
	E(12, ENOMEM, "Cannot allocate memory") \
	E(13, EACCES, "Permission denied") \
	E(14, EFAULT, "Bad address") \
	E(15, ENOTBLK, "Block device required") \
	E(16, EBUSY, "Device or resource busy") \
	E(17, EEXIST, "File exists") \
	E(18, EXDEV, "Invalid cross-device link") \
	E(19, ENODEV, "No such device") \
	E(20, ENOTDIR, "Not a directory") \
	E(21, EISDIR, "Is a directory") \
	E(22, EINVAL, "Invalid argument") \
	E(23, ENFILE, "Too many open files in system") \
	E(24, EMFILE, "Too many open files") \
	E(25, ENOTTY, "Inappropriate ioctl for device") \
	E(26, ETXTBSY, "Text file busy") \
	E(27, EFBIG, "File too large") \
	E(28, ENOSPC, "No space left on device") \
	E(29, ESPIPE, "Illegal seek") \
	E(30, EROFS, "Read-only file system") \
	E(31, EMLINK, "Too many links") \
	E(32, EPIPE, "Broken pipe") \
	E(33, EDOM, "Numerical argument out of domain") \
	E(34, ERANGE, "Numerical result out of range") \
	E(36, ENAMETOOLONG, "File name too long") \
	E(38, ENOSYS, "Function not implemented") \
	E(39, ENOTEMPTY, "Directory not empty") \
	E(40, ELOOP, "Too many levels of symbolic links") \
	E(110, ETIMEDOUT, "Connection timed out")

#define ERRNO_ENUM(number, name, message) name = number,
enum { ERRNO_LIST(ERRNO_ENUM) };
