// Process 1 of a umlab guest (see umlab.sh). One static program instead of some forty shell commands, because every
// exec costs 30-200 ms in User Mode Linux.  Build: cc -O2 -static -o umlab-init umlab-init.c
//
// Reads from the work directory ($umlab, the same path on the host): insmod.list, binds, cmd, env (the last two with
// NUL after each word). Writes there: b/boot (times), b/rc (exit code), b/end. Then switches the machine off.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define MAX_FILE (1 << 20)
#define MAX_ARGS 4096
#define MAX_ENV 1024

static const char *work;

// ---- small tools --------------------------------------------------------------------------------------------------

static void put(const char *file, const char *text)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0)
        return;
    if (write(fd, text, strlen(text)) < 0)
        perror(file);
    fsync(fd); // the host reads it as soon as this kernel is gone
    close(fd);
}

static void put_in_work(const char *name, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/b/%s", work, name);
    put(path, text);
}

static void power_off(void)
{
    sync();
    reboot(RB_POWER_OFF);
    for (;;)
        pause();
}

static void die(const char *what)
{
    fprintf(stderr, "umlab-init: %s: %s\n", what, strerror(errno));
    put_in_work("rc", "125\n");
    power_off();
}

static void make_path(char *path)
{
    for (char *c = path + 1; *c; c++)
        if (*c == '/') {
            *c = 0;
            mkdir(path, 0755);
            *c = '/';
        }
    mkdir(path, 0755);
}

// A file of the work directory, with two NULs after it; empty if it is not there.
static char *slurp(const char *name, long *length)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", work, name);
    char *text = calloc(1, MAX_FILE);
    long got, all = 0;
    int fd = open(path, O_RDONLY);
    if (fd >= 0) {
        while ((got = read(fd, text + all, MAX_FILE - all - 2)) > 0)
            all += got;
        close(fd);
    }
    *length = all;
    return text;
}

// NUL-separated words of a file, as argv or environment.
static char **words(const char *name, int max)
{
    long length;
    char *text = slurp(name, &length);
    char **list = calloc(max + 1, sizeof *list);
    int n = 0;
    for (char *w = text; w < text + length && n < max; w += strlen(w) + 1)
        list[n++] = w;
    return list;
}

static double uptime(void)
{
    char text[64] = "";
    int fd = open("/proc/uptime", O_RDONLY);
    if (fd < 0)
        return 0;
    if (read(fd, text, sizeof text - 1) < 0)
        text[0] = 0;
    close(fd);
    return atof(text);
}

// A serial line that carries bytes as they are.
static int raw_line(const char *device)
{
    struct termios mode;
    int fd = open(device, O_RDWR | O_NOCTTY);
    if (fd < 0)
        die(device);
    tcgetattr(fd, &mode);
    cfmakeraw(&mode);
    tcsetattr(fd, TCSANOW, &mode);
    return fd;
}

static void link_to(const char *target, const char *path)
{
    if (symlink(target, path) && errno != EEXIST)
        perror(path);
}

// ---- the steps ----------------------------------------------------------------------------------------------------

// Each line: a module's file, a space, its parameters.
static void load_modules(void)
{
    long length;
    char *list = slurp("insmod.list", &length);
    for (char *file = strtok(list, "\n"); file; file = strtok(0, "\n")) {
        char *parameters = strchr(file, ' ');
        if (parameters)
            *parameters++ = 0;
        int fd = open(file, O_RDONLY);
        if (fd < 0)
            continue;
        if (syscall(SYS_finit_module, fd, parameters ? parameters : "", 0) && errno != EEXIST)
            fprintf(stderr, "umlab-init: %s: %s\n", file, strerror(errno));
        close(fd);
    }
}

static void bind_in_new_root(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "/mnt/r%s", folder);
    make_path(path);
    if (mount(folder, path, 0, MS_BIND, 0))
        die(folder);
}

// Root becomes an overlay: the host's files below, a tmpfs above. The folders of "binds" stay the host's.
static void enter_overlay(void)
{
    if (mount("tmpfs", "/mnt", "tmpfs", 0, "size=75%"))
        die("tmpfs");
    mkdir("/mnt/u", 0755);
    mkdir("/mnt/w", 0755);
    mkdir("/mnt/r", 0755);
    if (mount("overlay", "/mnt/r", "overlay", 0, "lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w"))
        die("overlay over hostfs");

    bind_in_new_root(work);
    long length;
    char *binds = slurp("binds", &length);
    for (char *folder = strtok(binds, "\n"); folder; folder = strtok(0, "\n"))
        bind_in_new_root(folder);

    mount("/proc", "/mnt/r/proc", 0, MS_MOVE, 0);
    mount("dev", "/mnt/r/dev", "devtmpfs", 0, 0);
    if (chdir("/mnt/r"))
        die("chdir");
    mkdir(".umlab-old", 0755);
    if (syscall(SYS_pivot_root, ".", ".umlab-old"))
        die("pivot_root");
    if (chdir("/"))
        die("chdir /");
    umount2("/.umlab-old", MNT_DETACH);
    rmdir("/.umlab-old");
}

// What a booted system has: /sys, /run, devices, cgroups, a host name, lo up.
static void furnish(void)
{
    umask(0);
    mount("sysfs", "/sys", "sysfs", 0, 0);
    mount("run", "/run", "tmpfs", 0, "mode=755");
    mkdir("/run/netns", 0755);
    mkdir("/run/lock", 01777);
    mkdir("/dev/pts", 0755);
    mount("devpts", "/dev/pts", "devpts", 0, "mode=620,ptmxmode=666");
    mkdir("/dev/shm", 01777);
    mount("shm", "/dev/shm", "tmpfs", 0, 0);
    mkdir("/dev/mqueue", 01777);
    mount("mqueue", "/dev/mqueue", "mqueue", 0, 0);
    unlink("/dev/ptmx");
    link_to("pts/ptmx", "/dev/ptmx");
    link_to("/proc/self/fd", "/dev/fd");
    link_to("/proc/self/fd/0", "/dev/stdin");
    link_to("/proc/self/fd/1", "/dev/stdout");
    link_to("/proc/self/fd/2", "/dev/stderr");
    mkdir("/dev/net", 0755);
    mknod("/dev/net/tun", S_IFCHR | 0666, makedev(10, 200));
    mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, 0);
    put("/sys/fs/cgroup/cgroup.subtree_control", "+pids +io");
    if (getenv("umlab_tmp"))
        mount("tmp", "/tmp", "tmpfs", 0, 0);
    umask(022);

    if (sethostname("umlab", 5))
        perror("sethostname");
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    ioctl(fd, SIOCSIFFLAGS, &lo);
    close(fd);
}

static pid_t start_command(int out, int err)
{
    char **argv = words("cmd", MAX_ARGS);
    char **environment = words("env", MAX_ENV);
    const char *folder = getenv("umlab_cwd");
    pid_t pid = fork();
    if (pid)
        return pid;

    setsid();
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(out, 1);
    dup2(err, 2);
    for (int fd = 3; fd < 64; fd++)
        close(fd);
    if (!folder || chdir(folder))
        if (chdir("/"))
            perror("/");
    execvpe(argv[0], argv, environment);
    fprintf(stderr, "umlab: %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

// Reaps whatever dies, as process 1 must, until the command itself has ended.
static int exit_code_of(pid_t command)
{
    for (;;) {
        int status;
        pid_t pid = wait(&status);
        if (pid == command)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (pid < 0 && errno != EINTR)
            return 125;
    }
}

int main(void)
{
    char text[128];
    work = getenv("umlab");
    if (!work) {
        fprintf(stderr, "umlab-init: started by hand? umlab.sh says where its work directory is\n");
        power_off();
    }
    int writable = getenv("umlab_rw") && atoi(getenv("umlab_rw"));

    mount("proc", "/proc", "proc", 0, 0);
    double booted = uptime();
    load_modules();
    double loaded = uptime();
    if (!writable)
        enter_overlay();
    furnish();
    snprintf(text, sizeof text, "kernel %.2f modules %.2f ready %.2f\n", booted, loaded - booted, uptime());
    put_in_work("boot", text);

    int out = raw_line("/dev/ttyS1");
    int err = raw_line("/dev/ttyS2");
    int code = exit_code_of(start_command(out, err));
    snprintf(text, sizeof text, "%.2f\n", uptime());
    put_in_work("end", text);
    tcdrain(out);
    tcdrain(err);
    snprintf(text, sizeof text, "%d\n", code);
    put_in_work("rc", text);
    power_off();
}
