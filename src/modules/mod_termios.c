// SPDX-License-Identifier: MIT
// Module termios: the state of terminals.
#include "constants.h"
#include "posix_private.h"
#include <linux/tty.h>
#include <sys/ioctl.h>
#include <termios.h>

static Slot error_type; // termios.error, an exception with (errno, text)

static V term_error(Thread *t) {
    int code = errno;
    V args[2] = {v_from_int(code), str_from_cstr(t, strerror(code))};
    V exc = v_is_error(args[1]) ? V_ERROR : exc_new(t, v_as_type(slot_peek(&error_type)), args, 2);
    v_drop(t, args[1]);
    if (v_is_error(exc)) return V_ERROR;
    err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}
static V none_or_error(Thread *t, int r) { return r < 0 ? term_error(t) : V_NONE; }

// ---- attributes: [iflag, oflag, cflag, lflag, ispeed, ospeed, cc] -----------------------------------------------------------
// A control character is bytes of length one; VMIN and VTIME are numbers where they count (not in canonical mode).
static V cc_list(Thread *t, const struct termios *mode) {
    V list = list_new(t, 0);
    for (int i = 0; i < NCCS && !v_is_error(list); i++) {
        bool number = !(mode->c_lflag & ICANON) && (i == VMIN || i == VTIME);
        V item = number ? v_from_int(mode->c_cc[i]) : bytes_from(t, &mode->c_cc[i], 1);
        if (v_is_error(item) || list_append_steal(t, list, item) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}

static NATIVE(termios_tcgetattr) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, r;
    struct termios mode;
    if (fd_arg(t, args[0], &fd) < 0) return V_ERROR;
    DETACHED(t, r, tcgetattr(fd, &mode));
    if (r < 0) return term_error(t);
    V cc = cc_list(t, &mode);
    if (v_is_error(cc)) return V_ERROR;
    V v[] = {v_from_int(mode.c_iflag), v_from_int(mode.c_oflag), v_from_int(mode.c_cflag), v_from_int(mode.c_lflag),
             v_from_int(cfgetispeed(&mode)), v_from_int(cfgetospeed(&mode)), cc};
    return list_from_steal(t, v, countof(v));
}

static int read_cc(Thread *t, V cc, struct termios *mode) {
    if (!v_is_list(cc) || list_len(cc) != NCCS) {
        err_set(t, &exc_TypeError, "tcsetattr: attributes[6] must be %d element list", NCCS);
        return -1;
    }
    for (size_t i = 0; i < NCCS; i++) {
        V item = list_get(t, cc, i);
        int r = -1;
        int64_t n;
        if (item != V_NULL && v_is_bytes(item) && bytes_len(item) == 1) {
            mode->c_cc[i] = (cc_t)bytes_data(item)[0];
            r = 0;
        } else if (item != V_NULL && v_is_any_int(item)) {
            r = num_as_long(t, item, &n);
            if (r == 0) mode->c_cc[i] = (cc_t)n;
        } else {
            err_set(t, &exc_TypeError, "tcsetattr: elements of attributes must be characters or integers");
        }
        v_drop(t, item);
        if (r < 0) return -1;
    }
    return 0;
}

static NATIVE(termios_tcsetattr) { // fd, when, attributes
    (void)self, (void)nargs, (void)kwnames;
    int fd, when, r;
    struct termios mode;
    if (fd_arg(t, args[0], &fd) < 0 || num_as_int(t, args[1], &when) < 0) return V_ERROR;
    if (!v_is_list(args[2]) || list_len(args[2]) != 7) return err_set(t, &exc_TypeError, "tcsetattr, arg 3: must be 7 element list");
    V items = obj_to_tuple(t, args[2]); // nobody changes this one
    if (v_is_error(items)) return V_ERROR;
    V result = V_ERROR;
    int64_t n[6];
    if (tuple_len(items) != 7) {
        err_set(t, &exc_TypeError, "tcsetattr, arg 3: must be 7 element list");
        goto done;
    }
    DETACHED(t, r, tcgetattr(fd, &mode)); // for what is not in the list
    if (r < 0) {
        term_error(t);
        goto done;
    }
    for (size_t i = 0; i < 6; i++) {
        if (num_as_long(t, tuple_borrow(items, i), &n[i]) < 0) goto done;
    }
    mode.c_iflag = (tcflag_t)n[0];
    mode.c_oflag = (tcflag_t)n[1];
    mode.c_cflag = (tcflag_t)n[2];
    mode.c_lflag = (tcflag_t)n[3];
    if (read_cc(t, tuple_borrow(items, 6), &mode) < 0) goto done;
    if (cfsetispeed(&mode, (speed_t)n[4]) < 0 || cfsetospeed(&mode, (speed_t)n[5]) < 0) {
        term_error(t);
        goto done;
    }
    DETACHED(t, r, tcsetattr(fd, when, &mode));
    result = none_or_error(t, r);
done:
    v_drop(t, items);
    return result;
}

// ---- the rest ---------------------------------------------------------------------------------------------------------------
#define TERM_CALL(name, call) \
    static NATIVE(termios_##name) { \
        (void)self, (void)nargs, (void)kwnames; \
        int fd, what, r; \
        if (fd_arg(t, args[0], &fd) < 0 || num_as_int(t, args[1], &what) < 0) return V_ERROR; \
        DETACHED(t, r, call(fd, what)); \
        return none_or_error(t, r); \
    }
TERM_CALL(tcsendbreak, tcsendbreak)
TERM_CALL(tcflush, tcflush)
TERM_CALL(tcflow, tcflow)

static NATIVE(termios_tcdrain) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, r;
    if (fd_arg(t, args[0], &fd) < 0) return V_ERROR;
    DETACHED(t, r, tcdrain(fd));
    return none_or_error(t, r);
}
static NATIVE(termios_tcgetwinsize) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    struct winsize w;
    if (fd_arg(t, args[0], &fd) < 0) return V_ERROR;
    if (ioctl(fd, TIOCGWINSZ, &w) < 0) return term_error(t);
    return tuple_pack(t, 2, v_from_int(w.ws_row), v_from_int(w.ws_col));
}
static NATIVE(termios_tcsetwinsize) { // fd, (rows, columns)
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    int64_t rows, columns;
    struct winsize w;
    if (fd_arg(t, args[0], &fd) < 0) return V_ERROR;
    ptrdiff_t len = obj_is_sequence(args[1]) ? obj_len(t, args[1]) : 0;
    if (len < 0) return V_ERROR;
    if (len != 2) return err_set(t, &exc_TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
    V pair = obj_to_tuple(t, args[1]);
    if (v_is_error(pair)) return V_ERROR;
    int r = tuple_len(pair) != 2 || num_as_long(t, tuple_borrow(pair, 0), &rows) < 0 ? -1 : num_as_long(t, tuple_borrow(pair, 1), &columns);
    v_drop(t, pair);
    if (r < 0) return err_pending(t) ? V_ERROR : err_set(t, &exc_TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
    if (ioctl(fd, TIOCGWINSZ, &w) < 0) return term_error(t); // the sizes in pixels stay
    if (rows < 0 || rows > UINT16_MAX || columns < 0 || columns > UINT16_MAX) return err_set(t, &exc_OverflowError, "winsize value(s) out of range.");
    w.ws_row = (unsigned short)rows;
    w.ws_col = (unsigned short)columns;
    return none_or_error(t, ioctl(fd, TIOCSWINSZ, &w));
}

static const Method methods[] = {
    {"tcgetattr", termios_tcgetattr, "fd, /", 0, 0, "The attributes of a terminal: [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]."},
    {"tcsetattr", termios_tcsetattr, "fd, when, attributes, /", 0, 0, "Set the attributes of a terminal."},
    {"tcsendbreak", termios_tcsendbreak, "fd, duration, /", 0, 0, "Send a break."},
    {"tcdrain", termios_tcdrain, "fd, /", 0, 0, "Wait until all output has been sent."},
    {"tcflush", termios_tcflush, "fd, queue, /", 0, 0, "Discard data that waits in a queue."},
    {"tcflow", termios_tcflow, "fd, action, /", 0, 0, "Suspend or resume input or output."},
    {"tcgetwinsize", termios_tcgetwinsize, "fd, /", 0, 0, "The size of a terminal: (rows, columns)."},
    {"tcsetwinsize", termios_tcsetwinsize, "fd, winsize, /", 0, 0, "Set the size of a terminal: (rows, columns)."},
    METHOD_END,
};

#define C(name) {#name, name}
static const IntConstant constants[] = {
    C(B0), C(B1000000), C(B110), C(B115200), C(B1152000), C(B1200), C(B134), C(B150), C(B1500000), C(B1800), C(B19200), C(B200),
    C(B2000000), C(B230400), C(B2400), C(B2500000), C(B300), C(B3000000), C(B3500000), C(B38400), C(B4000000), C(B460800), C(B4800),
    C(B50), C(B500000), C(B57600), C(B576000), C(B600), C(B75), C(B921600), C(B9600), C(BRKINT), C(BS0), C(BS1), C(BSDLY), C(CBAUD),
    C(CBAUDEX), C(CDSUSP), C(CEOF), C(CEOL), C(CEOT), C(CERASE), C(CFLUSH), C(CIBAUD), C(CINTR), C(CKILL), C(CLNEXT), C(CLOCAL), C(CQUIT),
    C(CR0), C(CR1), C(CR2), C(CR3), C(CRDLY), C(CREAD), C(CRPRNT), C(CRTSCTS), C(CS5), C(CS6), C(CS7), C(CS8), C(CSIZE), C(CSTART),
    C(CSTOP), C(CSTOPB), C(CSUSP), C(CWERASE), C(ECHO), C(ECHOCTL), C(ECHOE), C(ECHOK), C(ECHOKE), C(ECHONL), C(ECHOPRT), C(EXTA),
    C(EXTB), C(FF0), C(FF1), C(FFDLY), C(FIOASYNC), C(FIOCLEX), C(FIONBIO), C(FIONCLEX), C(FIONREAD), C(FLUSHO), C(HUPCL), C(ICANON),
    C(ICRNL), C(IEXTEN), C(IGNBRK), C(IGNCR), C(IGNPAR), C(IMAXBEL), C(INLCR), C(INPCK), C(IOCSIZE_MASK), C(IOCSIZE_SHIFT), C(ISIG),
    C(ISTRIP), C(IUCLC), C(IXANY), C(IXOFF), C(IXON), C(NCC), C(NCCS), C(NL0), C(NL1), C(NLDLY), C(NOFLSH), C(N_MOUSE), C(N_PPP),
    C(N_SLIP), C(N_STRIP), C(N_TTY), C(OCRNL), C(OFDEL), C(OFILL), C(OLCUC), C(ONLCR), C(ONLRET), C(ONOCR), C(OPOST), C(PARENB),
    C(PARMRK), C(PARODD), C(PENDIN), C(TAB0), C(TAB1), C(TAB2), C(TAB3), C(TABDLY), C(TCFLSH), C(TCGETA), C(TCGETS), C(TCIFLUSH),
    C(TCIOFF), C(TCIOFLUSH), C(TCION), C(TCOFLUSH), C(TCOOFF), C(TCOON), C(TCSADRAIN), C(TCSAFLUSH), C(TCSANOW), C(TCSBRK), C(TCSBRKP),
    C(TCSETA), C(TCSETAF), C(TCSETAW), C(TCSETS), C(TCSETSF), C(TCSETSW), C(TCXONC), C(TIOCCONS), C(TIOCEXCL), C(TIOCGETD),
    C(TIOCGICOUNT), C(TIOCGLCKTRMIOS), C(TIOCGPGRP), C(TIOCGSERIAL), C(TIOCGSOFTCAR), C(TIOCGWINSZ), C(TIOCINQ), C(TIOCLINUX),
    C(TIOCMBIC), C(TIOCMBIS), C(TIOCMGET), C(TIOCMIWAIT), C(TIOCMSET), C(TIOCM_CAR), C(TIOCM_CD), C(TIOCM_CTS), C(TIOCM_DSR),
    C(TIOCM_DTR), C(TIOCM_LE), C(TIOCM_RI), C(TIOCM_RNG), C(TIOCM_RTS), C(TIOCM_SR), C(TIOCM_ST), C(TIOCNOTTY), C(TIOCNXCL), C(TIOCOUTQ),
    C(TIOCPKT), C(TIOCPKT_DATA), C(TIOCPKT_DOSTOP), C(TIOCPKT_FLUSHREAD), C(TIOCPKT_FLUSHWRITE), C(TIOCPKT_NOSTOP), C(TIOCPKT_START),
    C(TIOCPKT_STOP), C(TIOCSCTTY), C(TIOCSERCONFIG), C(TIOCSERGETLSR), C(TIOCSERGETMULTI), C(TIOCSERGSTRUCT), C(TIOCSERGWILD),
    C(TIOCSERSETMULTI), C(TIOCSERSWILD), C(TIOCSER_TEMT), C(TIOCSETD), C(TIOCSLCKTRMIOS), C(TIOCSPGRP), C(TIOCSSERIAL), C(TIOCSSOFTCAR),
    C(TIOCSTI), C(TIOCSWINSZ), C(TOSTOP), C(VDISCARD), C(VEOF), C(VEOL), C(VEOL2), C(VERASE), C(VINTR), C(VKILL), C(VLNEXT), C(VMIN),
    C(VQUIT), C(VREPRINT), C(VSTART), C(VSTOP), C(VSUSP), C(VSWTC), {"VSWTCH", VSWTC}, C(VT0), C(VT1), C(VTDLY), C(VTIME), C(VWERASE),
    C(XCASE), C(XTABS),
};
#undef C

static int exec(Thread *t, V module) {
    V error = type_new_simple(t, "termios.error", &exc_Exception, V_NULL);
    if (v_is_error(error)) return -1;
    root_register(&error_type);
    root_set(t, &error_type, error);
    return module_add(t, module, "error", error) < 0 ? -1 : add_constants(t, module, constants, countof(constants));
}
const ModuleDef mod_termios = {"termios", "The state of terminals, as POSIX describes it.", methods, exec, 0};
