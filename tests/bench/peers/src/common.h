// What these programs share: the clock of the observer in ns, an end with a reason, an attribute behind a netlink message.
#pragma once
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static inline void die(const char *s) {
  perror(s);
  exit(1);
}

static inline void add_attr(struct nlmsghdr *h, int t, const void *d, int n) {
  struct rtattr *a = (void *) ((char *) h + NLMSG_ALIGN(h->nlmsg_len));
  a->rta_type = t;
  a->rta_len = RTA_LENGTH(n);
  memcpy(RTA_DATA(a), d, n);
  h->nlmsg_len = NLMSG_ALIGN(h->nlmsg_len) + RTA_ALIGN(a->rta_len);
}
