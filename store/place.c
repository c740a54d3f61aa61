/* A lock is flock on a file in the directory: the kernel gives it back however the process ends. */
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

/* What a store has in its directory; the first is the lock, the others are directories. */
static const char *const parts[] = {"lock", "blobs", "incoming", "aside", "index"};
enum { PARTS = sizeof parts / sizeof parts[0] };

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
  if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
    return error_set(err, STATUS_IO, "cannot make the store %s: %s", directory, strerror(errno));
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
    return error_set(err, STATUS_IO, "cannot tell the file system of the store %s: %s", directory,
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

static bool is_part(const char *name) {
  bool is = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
  for (int i = 0; i < PARTS; i++) {
    is = is || strcmp(name, parts[i]) == 0;
  }
  return is;
}

/* Somebody's documents are no store: a wrong --store must not scatter files among them. */
static status check_content(const char *directory, error *err) {
  DIR *listing = opendir(directory);
  if (listing == NULL) {
    return error_set(err, STATUS_IO, "cannot list the store %s: %s", directory, strerror(errno));
  }
  status st = STATUS_OK;
  for (const struct dirent *e; st == STATUS_OK && (e = readdir(listing)) != NULL;) {
    if (!is_part(e->d_name)) {
      st = error_set(err, STATUS_USAGE, "%s is not a store: it holds \"%s\"; name a new or empty directory",
                     directory, e->d_name);
    }
  }
  closedir(listing);
  return st;
}

static status in_use(const char *directory, int lock, error *err) {
  char holder[32] = "";
  const ssize_t length = pread(lock, holder, sizeof holder - 1, 0);
  if (length <= 0) {
    return error_set(err, STATUS_USAGE, "the store %s is in use by another process; wait for it to end",
                     directory);
  }
  holder[strcspn(holder, "\n")] = 0;
  return error_set(err, STATUS_USAGE,
                   "the store %s is in use by process %s; wait for it to end, or name another store",
                   directory, holder);
}

static status take_lock(const char *directory, place *p, error *err) {
  p->lock = openat(p->directory, parts[0], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
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

static status make_parts(const char *directory, const place *p, error *err) {
  for (int i = 1; i < PARTS; i++) {
    if (mkdirat(p->directory, parts[i], 0777) != 0 && errno != EEXIST) {
      return error_set(err, STATUS_IO, "cannot make %s/%s: %s", directory, parts[i], strerror(errno));
    }
  }
  return STATUS_OK;
}

status place_open(const char *directory, bool network_allowed, place *out, error *err) {
  *out = (place){-1, -1};
  status st = open_directory(directory, out, err);
  if (st == STATUS_OK && !network_allowed) {
    st = check_network(directory, out, err);
  }
  st = st == STATUS_OK ? check_content(directory, err) : st;
  st = st == STATUS_OK ? take_lock(directory, out, err) : st;
  st = st == STATUS_OK ? make_parts(directory, out, err) : st;
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
  *p = (place){-1, -1};
}
