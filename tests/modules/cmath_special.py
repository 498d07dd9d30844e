# SPDX-License-Identifier: MIT
# cmath at infinities, zeros and NaNs.
import cmath
inf=float('inf'); nan=float('nan')
v=[-inf,-2.5,-0.0,0.0,2.5,inf,nan]
for f in ('tanh','acos','acosh','asinh','atanh','sinh','cosh','exp','sqrt','log'):
    for a in v:
        for b in v:
            z=complex(a,b)
            if z==z and abs(a)!=inf and abs(b)!=inf: continue
            try: print(f,z,getattr(cmath,f)(z))
            except Exception as e: print(f,z,e)
for f in ('rect',):
    for a in v:
        for b in v:
            try: print(f,a,b,getattr(cmath,f)(a,b))
            except Exception as e: print(f,a,b,e)
