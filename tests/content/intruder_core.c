/* A core that tries what no core may, and what every core may, each from the thread that runs it and from another, by the C
 * library and by raw system calls. Its content is a text file of KEY=VALUE lines: "secret", a file that it was not given;
 * "beside", one that lies beside the content; "port", where the host listens. "wide=1" ends the process by a system call of
 * 32-bit programs; with "tame=1" it leaves out what would harm the host if it were allowed. What came of it, it says: "GOT" what it should not have, "FAILS" what it should have had, "TRIED" how much.
 *
 * An attempt counts as refused by its error: not permitted, not there, not across. Arguments are such that what is not refused
 * fails in another way, or does no harm. */

#define _GNU_SOURCE
#include "libretro.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static retro_environment_t ask;
static retro_video_refresh_t show;
static retro_input_poll_t poll_inputs;
static uint16_t pixels[64 * 64];
static char content[4096], folder[4096], secret[4096], beside[4096], system_file[4096];
static int port, wide, tame;
static const char *saves = "", *where;
static char got[3500], fails[3500];
static int tried, worked;

static void say(const char *text)
{
   struct retro_message message = { text, 60 };
   ask(RETRO_ENVIRONMENT_SET_MESSAGE, &message);
}

static void note(char *list, const char *name)
{
   size_t len = strlen(list);
   snprintf(list + len, 3500 - len, " %s%s(%d)", where, name, errno);
}

/* Whether it failed because it is not allowed. */
static bool is_refused(void) { return errno == EPERM || errno == EACCES || errno == ENOSYS || errno == EXDEV; }

#define TRY(name, call) do { tried++; errno = 0; if ((long)(call) >= 0 || !is_refused()) note(got, name); } while (0)
#define TRY_POINTER(name, call) do { tried++; errno = 0; if ((call) != NULL || !is_refused()) note(got, name); } while (0)
#define WORKS(name, call) do { worked++; errno = 0; if (!(call)) note(fails, name); } while (0)

static void files(void)
{
   char path[9000];
   int root;
   TRY_POINTER("read-secret", fopen(secret, "r"));
   TRY("read-secret-raw", syscall(SYS_openat, AT_FDCWD, secret, O_RDONLY));
#ifdef SYS_open
   TRY("read-secret-open", syscall(SYS_open, secret, O_RDONLY));
#endif
   TRY_POINTER("change-secret", fopen(secret, "a"));
   snprintf(path, sizeof(path), "/proc/self/root%s", secret);
   TRY("read-by-root", open(path, O_RDONLY));
   snprintf(path, sizeof(path), "%s/../../../../../../../../../../..%s", saves, secret);
   TRY("read-by-dots", open(path, O_RDONLY));
   root = open("/", O_PATH);
   TRY("read-by-path-descriptor", openat(root, secret + 1, O_RDONLY));
   snprintf(path, sizeof(path), "%s/written", folder);
   TRY("write-beside", open(path, O_CREAT | O_WRONLY, 0600));
   TRY("write-content", open(content, O_RDWR));
   TRY("cut-content", truncate(content, 1));
   TRY("remove-content", unlink(content));
   snprintf(path, sizeof(path), "%s/moved", saves);
   TRY("move-content", rename(content, path));
   TRY("mode-of-content", chmod(content, 0777));
   TRY("time-of-content", utimes(content, NULL));
   TRY("owner-of-content", chown(content, getuid(), getgid()));
   TRY("attribute-of-content", setxattr(content, "user.x", "x", 1, 0));
   TRY("link-content", link(content, path));
   TRY("link-secret", link(secret, path));
   snprintf(path, sizeof(path), "%s/link", saves);
   TRY("symlink", symlink(secret, path));
   TRY("read-by-symlink", open(path, O_RDONLY) >= 0 ? 0 : errno == ENOENT ? (errno = EACCES, -1) : -1);
   snprintf(path, sizeof(path), "%s/fifo", saves);
   TRY("fifo", mkfifo(path, 0600));
   TRY("device", mknod(path, S_IFBLK | 0600, 0x101));
   TRY_POINTER("list-home", opendir("/home"));
   TRY_POINTER("list-root", opendir("/root"));
   TRY_POINTER("list-everything", opendir("/"));
   TRY_POINTER("list-temporary", opendir("/tmp"));
   TRY_POINTER("list-processes", opendir("/proc"));
   TRY_POINTER("shadow", fopen("/etc/shadow", "r"));
   TRY_POINTER("passwd", fopen("/etc/passwd", "r"));
   TRY("unnamed-in-tmp", open("/tmp", O_TMPFILE | O_RDWR, 0600));
   TRY("shell", open("/bin/sh", O_RDONLY));
}

static void processes(void)
{
   char path[100], byte = 0;
   struct iovec here = { &byte, 1 }, there = { got, 1 };
   struct rlimit limit;
   cpu_set_t all;
   int ends[2];
   pid_t host = getppid(), child = 0;
   char *arguments[] = { "true", NULL };
   char *nothing[] = { NULL };
   int memory;
   siginfo_t info;
   memset(&info, 0, sizeof(info));
   info.si_code = SI_QUEUE;
   CPU_ZERO(&all);
   CPU_SET(0, &all);
   snprintf(path, sizeof(path), "/proc/%d/mem", host);
   TRY("host-memory", open(path, O_RDWR));
   TRY("host-memory-read", open(path, O_RDONLY));
   snprintf(path, sizeof(path), "/proc/%d/environ", host);
   TRY("host-environment", open(path, O_RDONLY));
   snprintf(path, sizeof(path), "/proc/%d/maps", host);
   TRY("host-maps", open(path, O_RDONLY));
   snprintf(path, sizeof(path), "/proc/%d/fd", host);
   TRY_POINTER("host-files", opendir(path));
   snprintf(path, sizeof(path), "/proc/%d/cmdline", host);
   TRY("host-command", open(path, O_RDONLY));
   if (!tame)
   {
      TRY("ptrace", ptrace(PTRACE_SEIZE, host, NULL, NULL));
      TRY("ptrace-raw", syscall(SYS_ptrace, PTRACE_ATTACH, host, 0, 0));
      TRY("process_vm_writev", process_vm_writev(host, &here, 1, &there, 1, 0));
      TRY("priority-of-host", setpriority(PRIO_PROCESS, host, 5));
   }
   TRY("process_vm_readv", process_vm_readv(host, &here, 1, &there, 1, 0));
   TRY("pidfd_open", syscall(SYS_pidfd_open, host, 0));
   TRY("kcmp", syscall(SYS_kcmp, getpid(), host, 0, 0, 0));
   TRY("kill", kill(host, 0));
   TRY("kill-raw", syscall(SYS_kill, host, 0));
   TRY("kill-group", kill(0, 0));
   TRY("kill-all", kill(-1, 0));
   TRY("tgkill", syscall(SYS_tgkill, host, host, 0));
   TRY("tkill", syscall(SYS_tkill, host, 0));
   TRY("sigqueue", syscall(SYS_rt_sigqueueinfo, host, 0, &info));
   TRY("limits-of-host", prlimit(host, RLIMIT_NOFILE, NULL, &limit));
   TRY("processors-of-host", sched_setaffinity(host, sizeof(all), &all));
   if (!pipe(ends))
      TRY("signal-by-file", fcntl(ends[0], F_SETOWN, host));
   TRY("terminal", ioctl(2, TIOCSTI, "x"));
   TRY("dumpable", syscall(SYS_prctl, 4, 1, 0, 0, 0));
   TRY("ptracer", syscall(SYS_prctl, 0x59616d61, -1, 0, 0, 0));
   TRY("execve", execve("/bin/true-not-there", arguments, nothing));
   TRY("execve-raw", syscall(SYS_execve, "/bin/true-not-there", arguments, nothing));
   TRY("spawn", (errno = posix_spawn(&child, "/bin/true", NULL, NULL, arguments, nothing)) ? -1 : 0);
   TRY("system", system("true") == 0 ? 0 : -1);
   memory = memfd_create("program", 0);
   if (memory >= 0 && write(memory, "#!/not-there\n", 13) == 13)
      TRY("fexecve", syscall(SYS_execveat, memory, "", arguments, nothing, AT_EMPTY_PATH));
   TRY("fork", (child = fork()) == 0 ? (_exit(0), 0) : child);
   if (child > 0)
      waitpid(child, NULL, 0);
   TRY("clone-raw", (child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)) == 0 ? (_exit(0), 0) : child);
   if (child > 0)
      waitpid(child, NULL, 0);
#ifdef SYS_fork
   TRY("fork-raw", (child = (pid_t)syscall(SYS_fork)) == 0 ? (_exit(0), 0) : child);
   if (child > 0)
      waitpid(child, NULL, 0);
#endif
   TRY("clone3", syscall(SYS_clone3, NULL, 0));
   TRY("shared-memory", shmget(IPC_PRIVATE, 4096, 0600));
}

static void network(void)
{
   struct sockaddr_in address;
   int pair[2], line;
   memset(&address, 0, sizeof(address));
   address.sin_family = AF_INET;
   address.sin_port = htons((uint16_t)port);
   address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
   TRY("socket-inet", socket(AF_INET, SOCK_STREAM, 0));
   TRY("socket-inet-raw", syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0));
   TRY("socket-inet6", socket(AF_INET6, SOCK_STREAM, 0));
   TRY("socket-unix", socket(AF_UNIX, SOCK_STREAM, 0));
   TRY("socket-netlink", socket(AF_NETLINK, SOCK_RAW, 0));
   TRY("socket-packet", socket(AF_PACKET, SOCK_RAW, 0));
   TRY("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
   /* What it has already: sockets to the host. Those must not lead elsewhere either. */
   for (line = 3; line < 40; line++)
      if (sendto(line, "x", 0, 0, (struct sockaddr *)&address, sizeof(address)) >= 0)
         note(got, "sendto");
   tried++;
   TRY("connect", connect(3, (struct sockaddr *)&address, sizeof(address)));
   TRY("bind", bind(3, (struct sockaddr *)&address, sizeof(address)));
   TRY("sendmsg", syscall(SYS_sendmsg, 3, NULL, 0));
   TRY("recvmsg", syscall(SYS_recvmsg, 3, NULL, 0));
#ifdef __x86_64__
   TRY("x32-socket", syscall(0x40000000 | SYS_socket, AF_INET, SOCK_STREAM, 0));
   TRY("x32-ptrace", syscall(0x40000000 | 521, PTRACE_ATTACH, getppid(), 0, 0));
#endif
}

static void system_calls(void)
{
   char area[128];
   memset(area, 0, sizeof(area));
   TRY("bpf", syscall(SYS_bpf, 0, area, 8));
   TRY("io_uring_setup", syscall(SYS_io_uring_setup, 1, area));
   TRY("io_uring_enter", syscall(SYS_io_uring_enter, 3, 1, 0, 0, NULL));
   TRY("unshare-user", unshare(CLONE_NEWUSER));
   TRY("setns", setns(3, 0));
   TRY("mount", syscall(SYS_mount, 1, 1, 1, 0, 1));
   TRY("umount", syscall(SYS_umount2, 1, 0));
   TRY("chroot", syscall(SYS_chroot, 1));
   TRY("pivot_root", syscall(SYS_pivot_root, 1, 1));
   TRY("userfaultfd", syscall(SYS_userfaultfd, 0));
   TRY("keyctl", syscall(SYS_keyctl, 0, -3, 1));
   TRY("add_key", syscall(SYS_add_key, 1, 1, 1, 0, 0));
   TRY("perf_event_open", syscall(SYS_perf_event_open, area, 0, -1, -1, 0));
   TRY("init_module", syscall(SYS_init_module, 1, 1, 1));
   TRY("personality", syscall(SYS_personality, 0x0040000));
   TRY("setuid", setuid(getuid()));
   TRY("setgroups", syscall(SYS_setgroups, 0, NULL));
   TRY("capset", syscall(SYS_capset, 1, 1));
   TRY("seccomp", syscall(SYS_seccomp, 1, 0, 1));
   TRY("name_to_handle_at", syscall(SYS_name_to_handle_at, AT_FDCWD, "/", area, area, 0));
   TRY("open_by_handle_at", syscall(SYS_open_by_handle_at, 3, area, 0));
   TRY("settimeofday", syscall(SYS_settimeofday, 1, 0));
   TRY("reboot", syscall(SYS_reboot, 1, 1, 1, 1));
   TRY("swapon", syscall(SYS_swapon, 1, 0));
   TRY("syslog", syscall(SYS_syslog, 10, 0, 0));
   TRY("fanotify_init", syscall(SYS_fanotify_init, 0xffffffff, 0));
   TRY("inotify", syscall(SYS_inotify_init1, 0));
   TRY("memfd_secret", syscall(SYS_memfd_secret, 0xffffffff));
   TRY("landlock", syscall(SYS_landlock_create_ruleset, NULL, 0, 1));
   TRY("unheard-of", syscall(999, 0));
}

static void *return_argument(void *argument) { return argument; }

static bool runs_code(bool twice)
{
#ifdef __x86_64__
   static const unsigned char code[] = { 0xb8, 42, 0, 0, 0, 0xc3 };
   int (*made)(void);
   void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE | (twice ? 0 : PROT_EXEC), MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
   if (memory == MAP_FAILED)
      return false;
   memcpy(memory, code, sizeof(code));
   if (twice && mprotect(memory, 4096, PROT_READ | PROT_EXEC))
      return false;
   *(void **)&made = memory;
   return made() == 42;
#else
   (void)twice;
   return true;
#endif
}

static bool maps_twice(void)
{
   int memory = memfd_create("code", MFD_CLOEXEC);
   char *write_here, *run_here;
   if (memory < 0 || ftruncate(memory, 4096))
      return false;
   write_here = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
   run_here = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, memory, 0);
   if (write_here == MAP_FAILED || run_here == MAP_FAILED)
      return false;
   *write_here = 7;
   return *run_here == 7;
}

static bool reads(const char *path)
{
   char byte;
   int file = open(path, O_RDONLY);
   bool ok = file >= 0 && read(file, &byte, 1) == 1;
   if (file >= 0)
      close(file);
   return ok;
}

static bool writes(const char *path)
{
   FILE *file = fopen(path, "w+");
   bool ok = file && fputs("mine", file) >= 0 && !fflush(file) && !ftruncate(fileno(file), 2) && !fsync(fileno(file));
   if (file)
      fclose(file);
   return ok;
}

static bool has_thread(void)
{
   pthread_t thread;
   void *back = NULL;
   return !pthread_create(&thread, NULL, return_argument, &back) && !pthread_join(thread, &back) && back == &back;
}

static bool has_timer(void)
{
   struct sigevent event;
   timer_t timer;
   memset(&event, 0, sizeof(event));
   event.sigev_notify = SIGEV_NONE;
   return !timer_create(CLOCK_MONOTONIC, &event, &timer) && !timer_delete(timer);
}

static void ordinary(void)
{
   char path[9000], other[9000];
   const char *temporary = getenv("TMPDIR");
   time_t now = time(NULL);
   struct tm local;
   WORKS("read-content", reads(content));
   WORKS("read-beside", reads(beside));
   WORKS("read-system-folder", reads(system_file));
   snprintf(path, sizeof(path), "%s/own.txt", saves);
   snprintf(other, sizeof(other), "%s/deep", saves);
   WORKS("write-save", writes(path));
   WORKS("make-folder", !mkdir(other, 0700) || errno == EEXIST);
   snprintf(other, sizeof(other), "%s/deep/own.txt", saves);
   WORKS("move-save", !rename(path, other));
   WORKS("link-save", !link(other, path));
   WORKS("remove-save", !unlink(path) && !unlink(other));
   snprintf(path, sizeof(path), "%s/own.txt", temporary ? temporary : "");
   WORKS("write-temporary", temporary && writes(path));
   WORKS("own-maps", reads("/proc/self/maps"));
   WORKS("processor", reads("/proc/cpuinfo"));
   WORKS("chance", reads("/dev/urandom"));
   WORKS("library", dlopen("libm.so.6", RTLD_NOW) != NULL);
   WORKS("clock", localtime_r(&now, &local) != NULL);
   WORKS("code", runs_code(false));
   WORKS("code-in-two-steps", runs_code(true));
   WORKS("code-mapped-twice", maps_twice());
   WORKS("thread", has_thread());
   WORKS("timer", has_timer());
   WORKS("events", eventfd(0, 0) >= 0 && epoll_create1(0) >= 0);
   WORKS("itself", !kill(getpid(), 0) && !raise(0));
   WORKS("processors", sysconf(_SC_NPROCESSORS_ONLN) >= 1);
}

static void everything(const char *place)
{
   where = place;
   ordinary();
   files();
   processes();
   network();
   system_calls();
}

static void *in_thread(void *argument)
{
   everything("thread:");
   return argument;
}

static void read_content(const char *path)
{
   char line[5000];
   FILE *file = fopen(path, "r");
   snprintf(content, sizeof(content), "%s", path);
   snprintf(folder, sizeof(folder), "%s", path);
   *strrchr(folder, '/') = 0;
   while (file && fgets(line, sizeof(line), file))
   {
      line[strcspn(line, "\n")] = 0;
      if (!strncmp(line, "secret=", 7))
         snprintf(secret, sizeof(secret), "%.4000s", line + 7);
      else if (!strncmp(line, "beside=", 7))
         snprintf(beside, sizeof(beside), "%.4000s", line + 7);
      else if (!strncmp(line, "port=", 5))
         port = atoi(line + 5);
      else if (!strncmp(line, "tame=", 5))
         tame = atoi(line + 5);
      else if (!strncmp(line, "wide=", 5))
         wide = atoi(line + 5);
   }
   if (file)
      fclose(file);
}

void retro_set_environment(retro_environment_t callback) { ask = callback; }
void retro_set_video_refresh(retro_video_refresh_t callback) { show = callback; }
void retro_set_input_poll(retro_input_poll_t callback) { poll_inputs = callback; }
void retro_set_controller_port_device(unsigned number, unsigned device) { (void)number; (void)device; }

void retro_get_system_info(struct retro_system_info *info)
{
   memset(info, 0, sizeof(*info));
   info->library_name = "Intruder";
   info->library_version = "1";
   info->valid_extensions = "intruder";
   info->need_fullpath = true;
}

void retro_get_system_av_info(struct retro_system_av_info *info)
{
   struct retro_system_av_info it = { { 64, 64, 64, 64, 1.0f }, { 60.0, 48000.0 } };
   *info = it;
}

bool retro_load_game(const struct retro_game_info *game)
{
   const char *system_folder = NULL;
   enum retro_pixel_format format = RETRO_PIXEL_FORMAT_RGB565;
   ask(RETRO_ENVIRONMENT_GET_SAVE_DIRECTORY, &saves);
   ask(RETRO_ENVIRONMENT_GET_SYSTEM_DIRECTORY, &system_folder);
   snprintf(system_file, sizeof(system_file), "%s/bios.bin", system_folder ? system_folder : "");
   read_content(game->path);
   return ask(RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &format);
}

void retro_run(void)
{
   static int frames;
   static char text[3600];
   pthread_t thread;
   poll_inputs();
   if (frames++ == 2)
   {
#ifdef __x86_64__
      if (wide)
      {
         long number = 20;
         __asm__ volatile ("int $0x80" : "+a"(number) : : "memory", "r8", "r9", "r10", "r11");
      }
#endif
      everything("");
      if (!pthread_create(&thread, NULL, in_thread, NULL))
         pthread_join(thread, NULL);
      snprintf(text, sizeof(text), "GOT:%s", got);
      say(text);
      snprintf(text, sizeof(text), "FAILS:%s", fails);
      say(text);
      snprintf(text, sizeof(text), "TRIED: %d WORKED: %d", tried, worked);
      say(text);
   }
   show(pixels, 64, 64, 128);
}
