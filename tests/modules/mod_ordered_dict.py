# SPDX-License-Identifier: MIT
# OrderedDict and subclasses of it with methods of their own: which of them its methods call, its views, its order.
from collections import OrderedDict
class M(OrderedDict):
    def __missing__(self,k): return 'missing'
    def __getitem__(self,k): print('get',k); return super().__getitem__(k)
    def __delitem__(self,k): print('del',k); return super().__delitem__(k)
    def __contains__(self,k): print('contains',k); return super().__contains__(k)
    def __setitem__(self,k,v): print('set',k); return super().__setitem__(k,v)
m=M(a=1,b=2,c=3)
def t(f,*a,**k):
    try: print(f(*a,**k))
    except Exception as e: print(type(e).__name__,e)
t(m.pop,'a'); t(m.pop,'zz'); t(m.pop,'zz',5); t(m.popitem); t(m.popitem,last=False); t(m.popitem)
t(m.setdefault,'x'); t(m.setdefault,'x',4); t(m.setdefault,'y',4)
t(m.pop,[1]); t(m.pop,[1],2)
print(m.keys()=={'x','y'}, m.keys()&{'x'}, sorted(m.keys()|{'q'}), m.items()=={('x',None),('y',4)}, m.keys()<={'x','y'}, m.keys().isdisjoint('ab'))
t(repr,m); t(m.copy)
print(OrderedDict(a=1).keys()=={'a':1}.keys(), {'a':1}.items()==OrderedDict(a=1).items(), OrderedDict(a=1).values()==1)
print(m|{1:2}, {3:4}|m)
m|=[(8,9)]
print(m, m.move_to_end('x'), list(reversed(m.items())))
