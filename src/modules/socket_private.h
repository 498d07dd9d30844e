// SPDX-License-Identifier: MIT
// Shared by mod__socket.c (sockets), socket_names.c (databases of hosts, protocols, interfaces) and socket_constants.c.
#ifndef HEDDLE_SOCKET_PRIVATE_H
#define HEDDLE_SOCKET_PRIVATE_H
#include "constants.h"
#include "posix_private.h"
#include <sys/socket.h>

extern const IntConstant socket_more_constants[];
extern const size_t socket_n_more_constants;
extern const Method socket_name_methods[];

V socket_host_bytes(Thread *t, V host);                     // a host's name as bytes for the resolver
int socket_resolve(Thread *t, const char *name, int family, struct sockaddr_storage *out, socklen_t *len); // gaierror
V socket_host_error(Thread *t, int code);                   // herror
#endif
