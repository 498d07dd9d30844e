# SPDX-License-Identifier: MIT
# socket: hosts, protocols, services, interfaces, control messages, constants.
import socket

def show(f, *a):
    try: print(f.__name__, a, repr(f(*a)))
    except BaseException as e: print(f.__name__, a, type(e).__name__, e)

show(socket.gethostbyname_ex, "localhost"); show(socket.gethostbyname_ex, 5); show(socket.gethostbyaddr, "127.0.0.1"); show(socket.gethostbyaddr, 5)
for n in ("tcp", "udp", "nope", 5): show(socket.getprotobyname, n)
for a in ((80,), (80, "tcp"), (-1,), (70000,), ("x",), (80, 5), (80, "nope"), (1,)): show(socket.getservbyport, *a)
print((1, "lo") in socket.if_nameindex())
for f, v in ((socket.if_nametoindex, "lo"), (socket.if_nametoindex, "zz"), (socket.if_nametoindex, 5), (socket.if_indextoname, 1), (socket.if_indextoname, 9999), (socket.if_indextoname, -1), (socket.if_indextoname, "x"), (socket.sethostname, 5)): show(f, v)
for f in (socket.CMSG_LEN, socket.CMSG_SPACE):
    for n in (0, 5, -1, 2**31 - 17, 2**31, 2**62, 2**70, "x"): show(f, n)
print(socket.AF_CAN.name, socket.AF_VSOCK, socket.CAN_RAW, socket.TIPC_ZONE_SCOPE, socket.BDADDR_LOCAL, socket.IPPROTO_SCTP, socket.SO_PEERSEC, hex(socket.CAN_EFF_FLAG), socket.INADDR_ALLHOSTS_GROUP)
print(len([n for n in dir(socket) if isinstance(getattr(socket, n), int)]))
a, b = socket.socketpair(); print(repr(a.getsockname()), repr(b.getpeername())); a.close(); b.close()
