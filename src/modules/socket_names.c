// SPDX-License-Identifier: MIT
// _socket: what the system's databases say of hosts, protocols, services and interfaces; sizes of control messages.
#include "socket_private.h"
#include <arpa/inet.h>
#include <limits.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

enum { ENTRY_BUFFER = 16384 };

// ---- hosts --------------------------------------------------------------------------------------------------------------
static V text_list(Thread *t, char **texts, int family) { // names, or with a family addresses
    V list = list_new(t, 0);
    char shown[INET6_ADDRSTRLEN];
    for (; texts && *texts && !v_is_error(list); texts++) {
        const char *text = *texts;
        if (family) text = inet_ntop(family, *texts, shown, sizeof shown);
        if (list_append_steal(t, list, str_from_utf8_surrogateescape(t, text, strlen(text))) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}
static V host_result(Thread *t, const struct hostent *h) {
    if (h->h_addrtype != AF_INET && h->h_addrtype != AF_INET6) return err_set(t, &exc_OSError, "unsupported address family");
    V name = str_from_utf8_surrogateescape(t, h->h_name, strlen(h->h_name));
    return tuple_pack_steal(t, 3, name, text_list(t, h->h_aliases, 0), text_list(t, h->h_addr_list, h->h_addrtype));
}
static V find_host(Thread *t, const char *fname, V v, bool by_address) {
    if (!v_is_str(v) && !v_is_bytes(v) && !type_is_subtype(v_type(v), &bytearray_type))
        return err_bad_argument(t, fname, "argument 1", "str, bytes or bytearray", v);
    V name = socket_host_bytes(t, v);
    if (v_is_error(name)) return V_ERROR;
    struct sockaddr_storage address;
    socklen_t len;
    struct hostent entry, *found = NULL;
    char *buffer = malloc(ENTRY_BUFFER);
    int code = 0, r = buffer ? socket_resolve(t, bytes_data(name), by_address ? AF_UNSPEC : AF_INET, &address, &len) : -1;
    if (!buffer) err_no_memory(t);
    if (r == 0) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address;
        const struct sockaddr_in *in = (const struct sockaddr_in *)&address;
        bool six = address.ss_family == AF_INET6;
        const void *raw = six ? (const void *)&in6->sin6_addr : (const void *)&in->sin_addr;
        thread_detach(t);
        if (by_address) gethostbyaddr_r(raw, six ? sizeof in6->sin6_addr : sizeof in->sin_addr, address.ss_family, &entry, buffer, ENTRY_BUFFER, &found, &code);
        else gethostbyname_r(bytes_data(name), &entry, buffer, ENTRY_BUFFER, &found, &code);
        thread_attach(t);
    }
    V result = r < 0 ? V_ERROR : found ? host_result(t, found) : socket_host_error(t, code);
    free(buffer);
    v_drop(t, name);
    return result;
}
static NATIVE(socket_gethostbyname_ex) {
    (void)self, (void)nargs, (void)kwnames;
    return find_host(t, "gethostbyname_ex", args[0], false);
}
static NATIVE(socket_gethostbyaddr) {
    (void)self, (void)nargs, (void)kwnames;
    return find_host(t, "gethostbyaddr", args[0], true);
}
static NATIVE(socket_sethostname) {
    (void)self, (void)nargs, (void)kwnames;
    V path = fspath(t, args[0]), name = v_is_error(path) ? V_ERROR : v_is_bytes(path) ? v_dup(path) : str_to_fs_bytes(t, path);
    v_drop(t, path);
    if (v_is_error(name)) return V_ERROR;
    int r = sethostname(bytes_data(name), bytes_len(name)), code = errno;
    v_drop(t, name);
    errno = code;
    return r < 0 ? errno_error(t) : V_NONE;
}

// ---- protocols and services ---------------------------------------------------------------------------------------------
static NATIVE(socket_getprotobyname) {
    (void)self, (void)nargs, (void)kwnames;
    if (!v_is_str(args[0])) return err_bad_argument(t, "getprotobyname", "argument 1", "str", args[0]);
    const char *name = str_cstr(t, args[0]);
    if (!name) return V_ERROR;
    struct protoent entry, *found = NULL;
    char buffer[4096];
    thread_detach(t);
    getprotobyname_r(name, &entry, buffer, sizeof buffer, &found);
    thread_attach(t);
    return found ? v_from_int(found->p_proto) : err_set(t, &exc_OSError, "protocol not found");
}
static NATIVE(socket_getservbyport) { // port[, protocol]
    (void)self, (void)nargs, (void)kwnames;
    int port;
    const char *protocol = NULL;
    if (num_as_int_old(t, args[0], &port) < 0) return V_ERROR;
    if (args[1] != V_NULL && !v_is_str(args[1])) return err_bad_argument(t, "getservbyport", "argument 2", "str", args[1]);
    if (args[1] != V_NULL && !(protocol = str_cstr(t, args[1]))) return V_ERROR;
    if (port < 0 || port > 0xFFFF) return err_set(t, &exc_OverflowError, "getservbyport: port must be 0-65535.");
    struct servent entry, *found = NULL;
    char buffer[4096];
    thread_detach(t);
    getservbyport_r(htons((uint16_t)port), protocol, &entry, buffer, sizeof buffer, &found);
    thread_attach(t);
    return found ? str_from_cstr(t, found->s_name) : err_set(t, &exc_OSError, "port/proto not found");
}

// ---- interfaces -----------------------------------------------------------------------------------------------------------
static NATIVE(socket_if_nameindex) {
    UNUSED_NATIVE();
    struct if_nameindex *all;
    thread_detach(t);
    all = if_nameindex();
    int code = errno;
    thread_attach(t);
    errno = code;
    if (!all) return errno_error(t);
    V list = list_new(t, 0);
    for (const struct if_nameindex *i = all; i->if_index && !v_is_error(list); i++) {
        V pair = tuple_pack_steal(t, 2, v_from_int(i->if_index), str_from_utf8_surrogateescape(t, i->if_name, strlen(i->if_name)));
        if (v_is_error(pair) || list_append_steal(t, list, pair) < 0) {
            v_drop(t, list);
            list = V_ERROR;
        }
    }
    if_freenameindex(all);
    return list;
}
static NATIVE(socket_if_nametoindex) {
    (void)self, (void)nargs, (void)kwnames;
    V path = fspath(t, args[0]), name = v_is_error(path) ? V_ERROR : v_is_bytes(path) ? v_dup(path) : str_to_fs_bytes(t, path);
    v_drop(t, path);
    if (v_is_error(name)) return V_ERROR;
    unsigned index = if_nametoindex(bytes_data(name));
    v_drop(t, name);
    return index ? v_from_int(index) : err_set(t, &exc_OSError, "no interface with this name");
}
static NATIVE(socket_if_indextoname) {
    (void)self, (void)nargs, (void)kwnames;
    uint64_t index;
    char name[IF_NAMESIZE];
    if (!v_is_any_int(args[0])) return err_set(t, &exc_TypeError, "an integer is required");
    if (int_sign(args[0]) < 0) return err_set(t, &exc_OverflowError, "can't convert negative value to unsigned int");
    if (int_as_u64(t, args[0], &index) < 0) return V_ERROR;
    if (index > UINT_MAX) return err_set(t, &exc_OverflowError, "Python int too large to convert to C unsigned int");
    return if_indextoname((unsigned)index, name) ? str_from_utf8_surrogateescape(t, name, strlen(name)) : errno_error(t);
}

// ---- control messages -------------------------------------------------------------------------------------------------------
static V control_size(Thread *t, const char *fname, V v, size_t fixed, bool padded) {
    ptrdiff_t n;
    if (num_as_ssize(t, v, &exc_OverflowError, &n) < 0) return V_ERROR;
    if (n < 0 || n > INT_MAX - (int64_t)fixed) return err_set(t, &exc_OverflowError, "%s() argument out of range", fname);
    return int_from_size(t, padded ? CMSG_SPACE((size_t)n) : CMSG_LEN((size_t)n));
}
static NATIVE(socket_CMSG_LEN) {
    (void)self, (void)nargs, (void)kwnames;
    return control_size(t, "CMSG_LEN", args[0], CMSG_LEN(0), false);
}
static NATIVE(socket_CMSG_SPACE) {
    (void)self, (void)nargs, (void)kwnames;
    return control_size(t, "CMSG_SPACE", args[0], CMSG_SPACE(1), true);
}

const Method socket_name_methods[] = {
    {"gethostbyname_ex", socket_gethostbyname_ex, "host, /", 0, M_OLD_ARITY | M_TUPLE, "A host's name, other names and addresses."},
    {"gethostbyaddr", socket_gethostbyaddr, "host, /", 0, M_OLD_ARITY | M_TUPLE, "The name, other names and addresses of the host with an address."},
    {"sethostname", socket_sethostname, "name, /", 0, M_OLD_ARITY | M_TUPLE, "Set this host's name."},
    {"getprotobyname", socket_getprotobyname, "name, /", 0, M_OLD_ARITY | M_TUPLE, "The number of a protocol."},
    {"getservbyport", socket_getservbyport, "port, protocolname=<unrepresentable>, /", 0, M_OLD_ARITY | M_TUPLE, "The name of the service at a port."},
    {"if_nameindex", socket_if_nameindex, "", 0, 0, "A list of (number, name) of the network interfaces."},
    {"if_nametoindex", socket_if_nametoindex, "name, /", 0, M_OLD_ARITY | M_TUPLE, "The number of the interface with a name."},
    {"if_indextoname", socket_if_indextoname, "index, /", 0, 0, "The name of the interface with a number."},
    {"CMSG_LEN", socket_CMSG_LEN, "length, /", 0, M_OLD_ARITY | M_TUPLE, "The length of a control message with so many bytes of data, without padding."},
    {"CMSG_SPACE", socket_CMSG_SPACE, "length, /", 0, M_OLD_ARITY | M_TUPLE, "The room for a control message with so many bytes of data."},
    METHOD_END,
};
