# SPDX-License-Identifier: MIT
"""datetime: damaged ISO 8601 text, arithmetic on random durations, timestamps around changes of clocks, calendars."""
import hashlib, os, random, time
import datetime as d
R = random.Random(7)
N = 150
def t(f):
    try: return repr(f())
    except Exception as e: return type(e).__name__+' '+str(e)
bases=['2024-02-29T12:34:56.123456+05:30','20240229T123456.5Z','2024-W09-4T12','2024W094 12:34','2024-02-29','20240229','2024W09','2024-W09','2024W0941234','12:34:56,7-01:02:03.000004','T1234','123456.1234567','2024-02-29T12.5','T12:34:56+0530','2024-W0912:3','2020-W01-1234','2024-02-29T', '2024-02-29T24:00']
al='0123456789-:+.,WTZ 5\u0660\ud800\0'
def mut(s):
    s=list(s)
    for _ in range(R.randrange(3)):
        k=R.randrange(4)
        if not s: break
        i=R.randrange(len(s))
        if k==0: s[i]=R.choice(al)
        elif k==1: del s[i]
        elif k==2: s.insert(i,R.choice(al))
        else: s=s[:i]
    return ''.join(s)
for _ in range(N):
    s=mut(R.choice(bases))
    for c in (d.date,d.datetime,d.time):
        print(ascii(s),c.__name__,ascii(t(lambda:c.fromisoformat(s))))
def num():
    k=R.randrange(6)
    if k==0: return R.randrange(-10,10)
    if k==1: return R.randrange(-10**9,10**9)
    if k==2: return R.uniform(-10,10)
    if k==3: return R.uniform(-1e6,1e6)
    if k==4: return R.randrange(-10**25,10**25)
    return R.randrange(-20,20)/2
K=['days','seconds','microseconds','milliseconds','minutes','hours','weeks']
def delta():
    return d.timedelta(**{k:num() for k in R.sample(K,R.randrange(1,4))})
for _ in range(N):
    a=t(lambda: delta()); 
    try: x=delta(); y=delta()
    except Exception: x=d.timedelta(R.randrange(1000),R.randrange(9999),R.randrange(10**7)); y=d.timedelta(0,R.randrange(50),R.randrange(10))
    n=num()
    print(a,x,y,n,*[t(f) for f in (lambda:x+y,lambda:x-y,lambda:x*n,lambda:n*x,lambda:x/n,lambda:x//n,lambda:x/y,lambda:x//y,lambda:x%y,lambda:divmod(x,y),lambda:-x,lambda:abs(x),lambda:x<y,lambda:hash(x),lambda:str(x),lambda:x.total_seconds())])
for z in ('UTC','Europe/Berlin','America/New_York','Australia/Lord_Howe'):
    os.environ['TZ']=z; time.tzset()
    for _ in range(N//4):
        s=R.choice([R.uniform(-1e9,3e9),R.randrange(-10**10,10**10), R.uniform(-1e12,1e12), 1130634000+R.randrange(-10**4,10**4), 1143334800+R.randrange(-10**4,10**4)])
        print(z,s,t(lambda:(lambda x:(x,x.fold,x.timestamp(),x.replace(fold=1).timestamp(),x.astimezone().isoformat(),x.astimezone(d.timezone.utc),x.isocalendar(),x.timetuple(),x.ctime(),hash(x)))(d.datetime.fromtimestamp(s))), t(lambda:d.date.fromtimestamp(s)),t(lambda:d.datetime.utcfromtimestamp(s)), t(lambda:d.datetime.fromtimestamp(s,d.timezone(d.timedelta(minutes=R.randrange(-999,999))))))
for _ in range(N):
    o=R.randrange(1,3652060); x=d.date.fromordinal(o)
    print(x,x.toordinal()==o,x.weekday(),x.isocalendar(),x.timetuple().tm_yday,t(lambda:d.date.fromisocalendar(*x.isocalendar())==x),t(lambda:d.date.fromisocalendar(R.randrange(9999),R.randrange(55),R.randrange(9))))
