// SPDX-License-Identifier: MIT
// _ssl: certificates as Python values.
#include "ssl_private.h"
#ifdef HAVE_OPENSSL
#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

enum { ENCODING_PEM = X509_FILETYPE_PEM, ENCODING_DER = X509_FILETYPE_ASN1 };

// ---- pieces -----------------------------------------------------------------------------------------------------------------
V ssl_obj_text(Thread *t, const ASN1_OBJECT *object, bool numeric) {
    char small[100];
    int n = OBJ_obj2txt(small, sizeof small, object, numeric);
    if (n < 0) return ssl_fail(t, AT_CONTEXT);
    if ((size_t)n < sizeof small) return str_from_utf8(t, small, (size_t)n);
    char *large = mem_alloc(t, (size_t)n + 1);
    if (!large) return err_no_memory(t);
    OBJ_obj2txt(large, n + 1, object, numeric);
    V text = str_from_utf8(t, large, (size_t)n);
    mem_free(large);
    return text;
}
static V asn1_text(Thread *t, const ASN1_STRING *s) {
    unsigned char *p;
    int n = ASN1_STRING_to_UTF8(&p, s);
    if (n < 0) return ssl_fail(t, AT_CONTEXT);
    V text = str_from_utf8(t, (char *)p, (size_t)n);
    OPENSSL_free(p);
    return text;
}
static V raw_text(Thread *t, const ASN1_STRING *s) { return str_from_utf8(t, (const char *)ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s)); }
// What a print function of the library wrote into a memory BIO, which is emptied.
static V printed(Thread *t, BIO *out, int done) {
    char *p;
    long n = BIO_get_mem_data(out, &p);
    V text = done > 0 ? str_from_utf8(t, p, (size_t)n) : ssl_fail(t, AT_CONTEXT);
    if (BIO_reset(out) < 1) ERR_clear_error();
    return text;
}

static V name_tuple(Thread *t, X509_NAME *name) { // ((('countryName', 'XY'),), ...): one inner tuple a relative name
    V rdn = V_NULL, all = list_new(t, 0);
    int set = -1;
    for (int i = 0, n = X509_NAME_entry_count(name); i <= n && !v_is_error(all); i++) {
        X509_NAME_ENTRY *entry = i < n ? X509_NAME_get_entry(name, i) : NULL;
        if (rdn != V_NULL && (!entry || X509_NAME_ENTRY_set(entry) != set)) { // the one before is complete
            V tuple = list_to_tuple(t, rdn);
            v_drop(t, rdn);
            rdn = V_NULL;
            if (v_is_error(tuple) || list_append_steal(t, all, tuple) < 0) goto failed;
        }
        if (!entry) break;
        set = X509_NAME_ENTRY_set(entry);
        if (rdn == V_NULL && v_is_error(rdn = list_new(t, 0))) goto failed;
        V pair = tuple_pack_steal(t, 2, ssl_obj_text(t, X509_NAME_ENTRY_get_object(entry), false), asn1_text(t, X509_NAME_ENTRY_get_data(entry)));
        if (v_is_error(pair) || list_append_steal(t, rdn, pair) < 0) goto failed;
    }
    V tuple = v_is_error(all) ? V_ERROR : list_to_tuple(t, all);
    v_drop(t, all);
    return tuple;
failed:
    v_drop(t, rdn);
    v_drop(t, all);
    return V_ERROR;
}

// ---- other names ------------------------------------------------------------------------------------------------------------
static V address_text(Thread *t, const ASN1_OCTET_STRING *address) {
    const unsigned char *p = ASN1_STRING_get0_data(address);
    char text[INET6_ADDRSTRLEN];
    switch (ASN1_STRING_length(address)) {
    case 4: return str_from_cstr(t, inet_ntop(AF_INET, p, text, sizeof text));
    case 16: // all eight groups are written out
        return str_from_format(t, "%X:%X:%X:%X:%X:%X:%X:%X", p[0] << 8 | p[1], p[2] << 8 | p[3], p[4] << 8 | p[5], p[6] << 8 | p[7], p[8] << 8 | p[9],
                               p[10] << 8 | p[11], p[12] << 8 | p[13], p[14] << 8 | p[15]);
    default: return str_from_cstr(t, "<invalid>");
    }
}
static V other_name(Thread *t, GENERAL_NAME *name, BIO *out) { // as the library prints it: "label:value"
    V text = printed(t, out, GENERAL_NAME_print(out, name));
    if (v_is_error(text)) return V_ERROR;
    ptrdiff_t colon = str_find_char(text, ':', 0, str_len(text), 1);
    V pair = colon < 0 ? err_set(t, &exc_ValueError, "Invalid value %V", text)
                       : tuple_pack_steal(t, 2, str_substring(t, text, 0, (size_t)colon), str_substring(t, text, (size_t)colon + 1, str_len(text)));
    v_drop(t, text);
    return pair;
}
static V general_name(Thread *t, GENERAL_NAME *name, BIO *out) {
    switch (name->type) {
    case GEN_DIRNAME: return tuple_pack_steal(t, 2, str_from_cstr(t, "DirName"), name_tuple(t, name->d.dirn));
    case GEN_EMAIL: return tuple_pack_steal(t, 2, str_from_cstr(t, "email"), raw_text(t, name->d.rfc822Name));
    case GEN_DNS: return tuple_pack_steal(t, 2, str_from_cstr(t, "DNS"), raw_text(t, name->d.dNSName));
    case GEN_URI: return tuple_pack_steal(t, 2, str_from_cstr(t, "URI"), raw_text(t, name->d.uniformResourceIdentifier));
    case GEN_RID: return tuple_pack_steal(t, 2, str_from_cstr(t, "Registered ID"), ssl_obj_text(t, name->d.rid, false));
    case GEN_IPADD: return tuple_pack_steal(t, 2, str_from_cstr(t, "IP Address"), address_text(t, name->d.iPAddress));
    case GEN_OTHERNAME: case GEN_X400: case GEN_EDIPARTY: return other_name(t, name, out);
    default:
        if (warn(t, &exc_RuntimeWarning, 1, "Unknown general name type %d", name->type) < 0) return V_ERROR;
        return other_name(t, name, out);
    }
}
// The items of a list as a tuple; V_NULL when there are none.  Consumes the list.
static V as_tuple_steal(Thread *t, V list) {
    if (v_is_error(list)) return V_ERROR;
    V tuple = list_len(list) ? list_to_tuple(t, list) : V_NULL;
    v_drop(t, list);
    return tuple;
}
static V alt_names(Thread *t, X509 *cert, BIO *out) {
    V list = list_new(t, 0);
    for (int at = -1; !v_is_error(list) && (at = X509_get_ext_by_NID(cert, NID_subject_alt_name, at)) >= 0;) {
        GENERAL_NAMES *names = X509V3_EXT_d2i(X509_get_ext(cert, at));
        if (!names) {
            err_set(t, ssl_error(SSL_ANY_ERROR), "No method for internalizing subjectAltName!");
            v_drop(t, list);
            return V_ERROR;
        }
        for (int i = 0; !v_is_error(list) && i < sk_GENERAL_NAME_num(names); i++)
            list = append_or_drop(t, list, general_name(t, sk_GENERAL_NAME_value(names, i), out));
        GENERAL_NAMES_free(names);
    }
    return as_tuple_steal(t, list);
}
static V access_uris(Thread *t, X509 *cert, int nid) { // of OCSP servers, or of the issuer's certificates
    AUTHORITY_INFO_ACCESS *info = X509_get_ext_d2i(cert, NID_info_access, NULL, NULL);
    V list = info ? list_new(t, 0) : V_NULL;
    if (!info) return V_NULL;
    for (int i = 0; !v_is_error(list) && i < sk_ACCESS_DESCRIPTION_num(info); i++) {
        ACCESS_DESCRIPTION *a = sk_ACCESS_DESCRIPTION_value(info, i);
        if (OBJ_obj2nid(a->method) == nid && a->location->type == GEN_URI)
            list = append_or_drop(t, list, raw_text(t, a->location->d.uniformResourceIdentifier));
    }
    AUTHORITY_INFO_ACCESS_free(info);
    return as_tuple_steal(t, list);
}
static V revocation_uris(Thread *t, X509 *cert) {
    STACK_OF(DIST_POINT) *points = X509_get_ext_d2i(cert, NID_crl_distribution_points, NULL, NULL);
    V list = points ? list_new(t, 0) : V_NULL;
    if (!points) return V_NULL;
    for (int i = 0; !v_is_error(list) && i < sk_DIST_POINT_num(points); i++) {
        DIST_POINT_NAME *name = sk_DIST_POINT_value(points, i)->distpoint;
        if (!name || name->type != 0) continue; // relative to the issuer's
        for (int j = 0; !v_is_error(list) && j < sk_GENERAL_NAME_num(name->name.fullname); j++) {
            GENERAL_NAME *g = sk_GENERAL_NAME_value(name->name.fullname, j);
            if (g->type == GEN_URI) list = append_or_drop(t, list, raw_text(t, g->d.uniformResourceIdentifier));
        }
    }
    CRL_DIST_POINTS_free(points);
    return as_tuple_steal(t, list);
}

// ---- the whole ----------------------------------------------------------------------------------------------------------------
static V serial_text(Thread *t, X509 *cert, BIO *out) { return printed(t, out, i2a_ASN1_INTEGER(out, X509_get0_serialNumber(cert)) >= 0); }
static V time_text(Thread *t, const ASN1_TIME *time, BIO *out) { return printed(t, out, ASN1_TIME_print(out, time)); }

static int add_item(Thread *t, V dict, const char *key, V value_steal) { // V_NULL: there is no such thing
    return value_steal == V_NULL ? 0 : dict_set_c_steal(t, dict, key, value_steal);
}
static int fill_dict(Thread *t, V dict, X509 *cert, BIO *out) {
    if (add_item(t, dict, "subject", name_tuple(t, X509_get_subject_name(cert))) < 0 ||
        add_item(t, dict, "issuer", name_tuple(t, X509_get_issuer_name(cert))) < 0 ||
        add_item(t, dict, "version", v_from_int(X509_get_version(cert) + 1)) < 0 || add_item(t, dict, "serialNumber", serial_text(t, cert, out)) < 0 ||
        add_item(t, dict, "notBefore", time_text(t, X509_get0_notBefore(cert), out)) < 0 ||
        add_item(t, dict, "notAfter", time_text(t, X509_get0_notAfter(cert), out)) < 0) return -1;
    if (add_item(t, dict, "subjectAltName", alt_names(t, cert, out)) < 0 || add_item(t, dict, "OCSP", access_uris(t, cert, NID_ad_OCSP)) < 0 ||
        add_item(t, dict, "caIssuers", access_uris(t, cert, NID_ad_ca_issuers)) < 0) return -1;
    return add_item(t, dict, "crlDistributionPoints", revocation_uris(t, cert));
}
V ssl_cert_dict(Thread *t, X509 *cert) {
    BIO *out = BIO_new(BIO_s_mem());
    if (!out) return err_no_memory(t);
    V dict = dict_new(t);
    int r = v_is_error(dict) ? -1 : fill_dict(t, dict, cert, out);
    BIO_free(out);
    if (r == 0) return dict;
    v_drop(t, dict);
    return V_ERROR;
}
V ssl_cert_der(Thread *t, X509 *cert) {
    unsigned char *p = NULL;
    int n = i2d_X509(cert, &p);
    if (n < 0) return ssl_fail(t, AT_CONTEXT);
    V bytes = bytes_from(t, p, (size_t)n);
    OPENSSL_free(p);
    return bytes;
}
static V pem_text(Thread *t, X509 *cert) {
    BIO *out = BIO_new(BIO_s_mem());
    if (!out) return err_no_memory(t);
    V text = printed(t, out, PEM_write_bio_X509(out, cert));
    BIO_free(out);
    return text;
}

// ---- Certificate ----------------------------------------------------------------------------------------------------------------
static X509 *cert_of(V v) { return ((Certificate *)v_obj(v))->cert; }
V ssl_cert_chain(Thread *t, STACK_OF(X509) *chain) {
    V list = list_new(t, 0);
    for (int i = 0; !v_is_error(list) && i < sk_X509_num(chain); i++) {
        V item = type_alloc(t, &ssl_certificate_type, 0);
        if (!v_is_error(item)) {
            ((Certificate *)v_obj(item))->cert = sk_X509_value(chain, i);
            X509_up_ref(sk_X509_value(chain, i));
        }
        list = append_or_drop(t, list, item);
    }
    return list;
}
static NATIVE(certificate_public_bytes) { // format=Encoding.PEM
    (void)nargs, (void)kwnames;
    int format = ENCODING_PEM;
    if (args[0] != V_NULL && num_as_int(t, args[0], &format) < 0) return V_ERROR;
    if (format == ENCODING_PEM) return pem_text(t, cert_of(self));
    return format == ENCODING_DER ? ssl_cert_der(t, cert_of(self)) : err_set(t, &exc_ValueError, "Unsupported format");
}
static NATIVE(certificate_get_info) {
    UNUSED_NATIVE();
    return ssl_cert_dict(t, cert_of(self));
}
static V certificate_repr(Thread *t, V self) {
    BIO *out = BIO_new(BIO_s_mem());
    if (!out) return err_no_memory(t);
    V name = printed(t, out, X509_NAME_print_ex(out, X509_get_subject_name(cert_of(self)), 0, XN_FLAG_RFC2253) >= 0);
    BIO_free(out);
    V r = v_is_error(name) ? V_ERROR : str_from_format(t, "<%s '%V'>", v_type(self)->name, name);
    v_drop(t, name);
    return r;
}
static int certificate_hash(Thread *t, V self, int64_t *out) {
    (void)t;
    *out = (int64_t)X509_subject_name_hash(cert_of(self));
    return 0;
}
static V certificate_compare(Thread *t, V a, V b, int op) {
    (void)t;
    if (!v_is_exact(b, &ssl_certificate_type) || (op != CMP_EQ && op != CMP_NE)) return V_NOT_IMPLEMENTED;
    return v_from_bool((X509_cmp(cert_of(a), cert_of(b)) == 0) == (op == CMP_EQ));
}
static void certificate_free(Thread *t, Obj *o) {
    (void)t;
    X509_free(((Certificate *)o)->cert);
}
static const Method certificate_methods[] = {
    {"public_bytes", certificate_public_bytes, "format=Encoding.PEM", 0, 0, "The certificate as a PEM text, or as DER bytes."},
    {"get_info", certificate_get_info, "", 0, 0, "The certificate as a dict, like getpeercert()."}, METHOD_END,
};
Type ssl_certificate_type = {
    TYPE_HEAD("_ssl.Certificate"), .base = &object_type, .size = sizeof(Certificate), .flags = TYPE_IMMUTABLE | TYPE_NO_NEW, .repr = certificate_repr,
    .hash = certificate_hash, .compare = certificate_compare, .free_ = certificate_free, .methods = certificate_methods,
};
#endif
