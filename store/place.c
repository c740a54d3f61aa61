/* A lock is flock on a file in the directory: the kernel releases it however the process ends. */
#include "store/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { OF_CACHE = 1 << PLACE_CACHE, OF_BROKER = 1 << PLACE_BROKER, OF_BOTH = OF_CACHE | OF_BROKER };

/* The contents of a store's directory.  The broker's own parts mark a broker's store, so they are made
 * before the others: a directory that has others without them is a cache. */
static const struct {
  const char *name;
  unsigned kinds;
  bool is_directory; /* to be made; otherwise a file */
} parts[] = {
    {"lock", OF_BOTH, false},    {"partly", OF_BROKER, true},  {"hand-in", OF_BROKER, true},
    {"probe", OF_BROKER, false}, {"secret", OF_BROKER, false}, {"blobs", OF_BOTH, true},
    {"incoming", OF_BOTH, true}, {"aside", OF_BOTH, true},     {"index", OF_BOTH, true},
};
enum { PARTS = sizeof parts / sizeof parts[0], LOCK = 0 };

enum { OWNERS = 0700, OTHERS = 0077 }; /* modes */

const char *place_network_name(long type) {
  static const struct {
    unsigned long type;
    const char *name;
  } known[] = {
      {0x6969, "NFS"},        {0x517B, "SMB"},        {0xFF534D42, "CIFS"},     {0xFE534D42, "SMB2"},
      {0x0BD00BD0, "Lustre"}, {0x00C36400, "Ceph"},   {0x5346414F, "AFS"},      {0x47504653, "GPFS"},
      {0x19830326, "BeeGFS"}, {0x7461636F, "OCFS2"},  {0x01161970, "GFS2"},     {0x73757245, "Coda"},
      {0xAAD7AAEA, "PanFS"},  {0x0BD00BD1, "Lustre"}, {0x20030528, "OrangeFS"},
  };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (known[i].type == (unsigned long)type) {
      return known[i].name;
    }
  }
  return NULL;
}

static status open_directory(const char *directory, place *p, error *err) {
  if (mkdir(directory, OWNERS) != 0 && errno != EEXIST) {
    return error_set(err, STATUS_IO, "cannot create the store %s: %s", directory, strerror(errno));
  }
  p->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (p->directory < 0) {
    return error_set(err, errno == ENOTDIR ? STATUS_USAGE : STATUS_IO, "cannot open the store %s: %s",
                     directory, strerror(errno));
  }
  return STATUS_OK;
}

static status check_network(const char *directory, const place *p, error *err) {
  struct statfs info;
  if (fstatfs(p->directory, &info) != 0) {
    return error_set(err, STATUS_IO, "cannot determine the file system of the store %s: %s", directory,
                     strerror(errno));
  }
  const char *name = place_network_name((long)info.f_type);
  if (name == NULL) {
    return STATUS_OK;
  }
  return error_set(err, STATUS_USAGE,
                   "the store %s is on a network file system (%s), where its index can be damaged; name a "
                   "local directory, or allow it with --network-store",
                   directory, name);
}

/* The kinds of store that NAME belongs to; 0: none. */
static unsigned kinds_of(const char *name) {
  if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
    return OF_BOTH;
  }
  for (int i = 0; i < PARTS; i++) {
    if (strcmp(name, parts[i].name) == 0) {
      return parts[i].kinds;
    }
  }
  return 0;
}

/* Distinguishes a directory in use from one that was merely locked. */
static bool is_directory_of_both(const char *name) {
  return kinds_of(name) == OF_BOTH && name[0] != '.' && strcmp(name, parts[LOCK].name) != 0;
}

/* A wrong --store must not scatter files among a user's documents. */
static status check_names(const char *directory, DIR *listing, place_kind kind, error *err) {
  bool is_used = false;
  bool is_brokers = false;
  for (const struct dirent *e; (e = readdir(listing)) != NULL;) {
    const unsigned kinds = kinds_of(e->d_name);
    if (kinds == 0) {
      return error_set(err, STATUS_USAGE, "%s is not a store: it holds \"%s\"; name a new or empty directory",
                       directory, e->d_name);
    }
    is_brokers = is_brokers || kinds == OF_BROKER;
    is_used = is_used || is_directory_of_both(e->d_name);
  }
  if (kind == PLACE_CACHE && is_brokers) {
    return error_set(err, STATUS_USAGE, "%s is a broker's store; name another directory for results",
                     directory);
  }
  if (kind == PLACE_BROKER && is_used && !is_brokers) {
    return error_set(err, STATUS_USAGE,
                     "%s is the store of a worker or of `canvass run`; name another directory for the broker",
                     directory);
  }
  return STATUS_OK;
}

static status check_content(const char *directory, place_kind kind, error *err) {
  DIR *listing = opendir(directory);
  if (listing == NULL) {
    return error_set(err, STATUS_IO, "cannot list the store %s: %s", directory, strerror(errno));
  }
  const status st = check_names(directory, listing, kind, err);
  closedir(listing);
  return st;
}

status place_recognise(const char *directory, place_kind *out, error *err) {
  DIR *listing = opendir(directory);
  if (listing == NULL) {
    return error_set(err, errno == ENOENT || errno == ENOTDIR ? STATUS_USAGE : STATUS_IO,
                     "%s is not a store: %s", directory, strerror(errno));
  }
  bool is_used = false;
  bool is_brokers = false;
  for (const struct dirent *e; (e = readdir(listing)) != NULL;) {
    is_brokers = is_brokers || kinds_of(e->d_name) == OF_BROKER;
    is_used = is_used || is_directory_of_both(e->d_name);
  }
  closedir(listing);
  *out = is_brokers ? PLACE_BROKER : PLACE_CACHE;
  return is_used ? STATUS_OK
                 : error_set(err, STATUS_USAGE,
                             "%s is not a store: it has neither blobs nor an index; name the directory that "
                             "--store named",
                             directory);
}

status place_check_empty(const char *directory, error *err) {
  DIR *listing = opendir(directory);
  if (listing == NULL) {
    return errno == ENOENT ? STATUS_OK
                           : error_set(err, errno == ENOTDIR ? STATUS_USAGE : STATUS_IO, "cannot list %s: %s",
                                       directory, strerror(errno));
  }
  char found[sizeof((struct dirent *)0)->d_name] = "";
  for (const struct dirent *e; found[0] == '\0' && (e = readdir(listing)) != NULL;) {
    if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
      snprintf(found, sizeof found, "%s", e->d_name);
    }
  }
  closedir(listing);
  return found[0] == '\0' ? STATUS_OK
                          : error_set(err, STATUS_USAGE, "%s holds \"%s\"; name a new or empty directory",
                                      directory, found);
}

static status in_use(const char *directory, int lock, error *err) {
  char holder[32] = "";
  const ssize_t length = pread(lock, holder, sizeof holder - 1, 0);
  if (length <= 0) {
    return error_set(err, STATUS_IO, "the store %s is in use by another process; wait for it to end",
                     directory);
  }
  holder[strcspn(holder, "\n")] = 0;
  return error_set(err, STATUS_IO,
                   "the store %s is in use by process %s; wait for it to end, or name another store",
                   directory, holder);
}

static status take_lock(const char *directory, place *p, error *err) {
  p->lock = openat(p->directory, parts[LOCK].name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (p->lock < 0) {
    return error_set(err, STATUS_IO, "cannot write in the store %s: %s", directory, strerror(errno));
  }
  if (flock(p->lock, LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK
               ? in_use(directory, p->lock, err)
               : error_set(err, STATUS_IO, "cannot lock the store %s: %s", directory, strerror(errno));
  }
  char holder[32];
  const int length = snprintf(holder, sizeof holder, "%ld\n", (long)getpid());
  if (ftruncate(p->lock, 0) != 0 || pwrite(p->lock, holder, (size_t)length, 0) != length) {
    return error_set(err, STATUS_IO, "cannot write in the store %s: %s", directory, strerror(errno));
  }
  return STATUS_OK;
}

/* The directory NAME in P becomes its owner's alone.  An earlier release left it to the umask, and a user may
 * have made it.  What other users could do there is kept in P. */
static void close_to_others(place *p, const char *name) {
  struct stat info;
  if (fstatat(p->directory, name, &info, AT_SYMLINK_NOFOLLOW) != 0 || (info.st_mode & OTHERS) == 0) {
    return;
  }
  p->others_before |= info.st_mode & OTHERS;
  if (fchmodat(p->directory, name, info.st_mode & OWNERS, 0) != 0 ||
      (fstatat(p->directory, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && (info.st_mode & OTHERS) != 0)) {
    p->others_now |= info.st_mode & OTHERS; /* some file systems have no modes */
  }
}

/* Whoever cannot enter the store's directory cannot reach its parts either. */
static status make_parts(const char *directory, place_kind kind, place *p, error *err) {
  close_to_others(p, ".");
  const mode_t could_enter = p->others_before;
  const mode_t can_enter = p->others_now;
  p->others_before = p->others_now = 0;
  for (int i = 0; i < PARTS; i++) {
    if (!parts[i].is_directory || (parts[i].kinds & 1u << kind) == 0) {
      continue;
    }
    if (mkdirat(p->directory, parts[i].name, OWNERS) != 0 && errno != EEXIST) {
      return error_set(err, STATUS_IO, "cannot create %s/%s: %s", directory, parts[i].name, strerror(errno));
    }
    close_to_others(p, parts[i].name);
  }
  p->others_before &= could_enter;
  p->others_now &= can_enter;
  return STATUS_OK;
}

void place_tell(const place *p, const char *directory, void (*warn)(void *context, const char *line),
                void *context) {
  char line[1024];
  if (p->others_before == 0 || warn == NULL) {
    return;
  }
  if (p->others_now != 0) {
    (void)snprintf(
        line, sizeof line,
        "other users can read the store %s, and its permissions cannot be changed: name a directory "
        "on a file system that has permissions",
        directory);
  } else {
    (void)snprintf(line, sizeof line,
                   "other users could read the store %s (mode %03o): only its owner can from now on",
                   directory, OWNERS | (unsigned)p->others_before);
  }
  warn(context, line);
}

status place_open(const char *directory, place_kind kind, bool network_allowed, place *out, error *err) {
  *out = (place){.directory = -1, .lock = -1};
  status st = open_directory(directory, out, err);
  if (st == STATUS_OK && !network_allowed) {
    st = check_network(directory, out, err);
  }
  st = st == STATUS_OK ? check_content(directory, kind, err) : st;
  st = st == STATUS_OK ? take_lock(directory, out, err) : st;
  st = st == STATUS_OK ? make_parts(directory, kind, out, err) : st;
  if (st != STATUS_OK) {
    place_close(out);
  }
  return st;
}

void place_close(place *p) {
  if (p->lock >= 0) {
    close(p->lock);
  }
  if (p->directory >= 0) {
    close(p->directory);
  }
  *p = (place){.directory = -1, .lock = -1};
}

status place_check(const place *p, const char *directory, error *err) {
  struct stat here;
  struct stat there;
  struct stat lock;
  const bool is_found = stat(directory, &there) == 0;
  const bool is_gone = !is_found && (errno == ENOENT || errno == ENOTDIR);
  const bool is_other = is_found && fstat(p->directory, &here) == 0 &&
                        (here.st_dev != there.st_dev || here.st_ino != there.st_ino);
  const bool is_emptied = fstat(p->lock, &lock) == 0 && lock.st_nlink == 0;
  return !is_gone && !is_other && !is_emptied
             ? STATUS_OK
             : error_set(
                   err, STATUS_IO,
                   "the store %s was removed or replaced while it was in use: what was kept there since "
                   "does not last; put a copy of it back and start again",
                   directory);
}
