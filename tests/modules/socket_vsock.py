# SPDX-License-Identifier: MIT
"""Addresses and options of AF_VSOCK, where the machine has such sockets."""
import socket
try:
    s = socket.socket(socket.AF_VSOCK)
except (OSError, AttributeError) as e:
    raise SystemExit(print("none here"))
print(s.getsockname())
try: s.bind((socket.VMADDR_CID_ANY, socket.VMADDR_PORT_ANY)); print("bound", s.getsockname()[0])
except Exception as e: print(type(e),e)
for a in ('x',(1,),('a',1),(1,2,3),(2.0,1)):
  try: s.bind(a)
  except Exception as e: print(type(e),e)
size=s.getsockopt(socket.AF_VSOCK, socket.SO_VM_SOCKETS_BUFFER_SIZE); print(size)
s.setsockopt(socket.AF_VSOCK, socket.SO_VM_SOCKETS_BUFFER_SIZE, size//2); print(s.getsockopt(socket.AF_VSOCK, socket.SO_VM_SOCKETS_BUFFER_SIZE))
try: s.getsockopt(socket.AF_VSOCK, socket.SO_VM_SOCKETS_BUFFER_SIZE, 8)
except OSError as e: print(e)
