// SPDX-License-Identifier: MIT
// The import system's parts: what import.c, the finders and loaders, and the modules _imp, _frozen_importlib and
// _frozen_importlib_external share.  Programs see the library's names (importlib runs on them unmodified).
#ifndef HEDDLE_RUNTIME_IMPORT_H
#define HEDDLE_RUNTIME_IMPORT_H
#include "object/misc.h"

// ---- start-up -----------------------------------------------------------------------------------------------------------
int import_start(Thread *t);          // classes, sys.meta_path, path hooks; specs of the modules that are there already
int import_paths_start(Thread *t);    // sys.path, prefix, executable (import_search.c)
const char *import_library(void);     // the standard library's directory, "" when there is none

// ---- modules in C (import_builtin.c) ---------------------------------------------------------------------------------------
const ModuleDef *module_def_find(const char *name); // NULL: no such
V module_def_new(Thread *t, const ModuleDef *def, V name); // the module with its functions, not executed
int module_def_exec(Thread *t, V module);           // runs def->exec once; 0 when it ran before

// ---- finding and loading (import_load.c) --------------------------------------------------------------------------------
V import_find_and_load(Thread *t, V name);           // importlib._bootstrap._find_and_load
V import_find_spec(Thread *t, V name, V path, V target); // along sys.meta_path; V_NONE: nobody knows it
V import_load(Thread *t, V spec);                    // the module, created, executed and in sys.modules
V import_exec(Thread *t, V spec, V module);          // reload: executes again in place
int import_handle_fromlist(Thread *t, V module, V fromlist, V import_function, bool recursive); // V_NULL: ours
V import_calc_package(Thread *t, V globals);         // __package__ or its substitutes
V import_resolve_name(Thread *t, V name, V package, int level);
V import_error(Thread *t, const Type *type, V message_steal, V name, V path); // raises; name and path may be V_NULL
int import_module_initializing(Thread *t, V module); // its __spec__._initializing is true
int import_spec_initializing(Thread *t, V spec);     // the same of a spec; V_NULL, V_ERROR (cleared): no
extern bool import_verbose, import_timing;           // -v, -X importtime

// ---- locks (import_lock.c) ------------------------------------------------------------------------------------------------
// A module's lock: held while its code runs, re-entered for free.  0 held; 1 not, because waiting would be a deadlock.
typedef struct ModuleLock ModuleLock;
int module_lock_enter(Thread *t, V name, ModuleLock **out); // -1: no memory
void module_lock_leave(Thread *t, ModuleLock *lock); // mostly by its owner
// The lock of _imp.acquire_lock.
void import_lock_enter(Thread *t);
bool import_lock_leave(Thread *t);                   // false: not held by this thread
bool import_lock_is_held(void);
void import_lock_after_fork(Thread *t);

// ---- specs (import_spec.c) ----------------------------------------------------------------------------------------------
Type *import_spec_type(void);                        // ModuleSpec
V spec_new(Thread *t, V name, V loader, V origin, bool is_package); // origin V_NULL: None
V spec_from_loader(Thread *t, V name, V loader, V origin, int is_package); // is_package -1: ask the loader
V spec_module(Thread *t, V spec);                    // module_from_spec
int spec_init_module(Thread *t, V spec, V module, bool override);
V spec_parent(Thread *t, V spec);                    // spec.parent

// ---- classes (import_class.c) -----------------------------------------------------------------------------------------
// A class "module.Name" (bases: a tuple or V_NULL) whose methods are natives; `root` keeps it and is registered.  Rows are method rows as for static types.
int import_class_new(Thread *t, Slot *root, const char *name, V bases, const Method *rows, const GetSet *getsets);
static inline V class_of(const Slot *root) { return slot_peek(root); }

// ---- path entries and files ------------------------------------------------------------------------------------------------
extern Slot class_builtin_importer, class_frozen_importer, class_path_finder, class_file_finder;
extern Slot class_loader_basics, class_source_loader, class_file_loader, class_source_file_loader,
    class_sourceless_loader, class_extension_loader, class_module_spec;
int import_spec_start(Thread *t);
int import_builtin_start(Thread *t);
int import_finder_start(Thread *t);
int import_loader_start(Thread *t);
V import_cold(Thread *t, const char *name);          // a name of the part written in Python (src/lib/importlib_cold.py)
V import_cold_name(Thread *t, V name);               // the same; V_NULL when it has no such name

// Python text compiled into the program.
int lib_run(Thread *t, const char *name, const char *filename, V dict); // executes src/lib/NAME.py in dict; filename: for tracebacks.  0/-1
V lib_namespace(Thread *t, const char *module);      // a new dict to run it in, with __builtins__ and __name__

V spec_from_file(Thread *t, V name, V location, V loader, V search); // spec_from_file_location with a loader; search V_NONE
V path_finder_spec(Thread *t, V fullname, V path, V target);         // PathFinder.find_spec
V path_importer(Thread *t, V path);                  // the finder of sys.path_importer_cache, making it; V_NONE: none
int path_finder_invalidate(Thread *t);
V file_finder_new(Thread *t, V path);                // FileFinder with our loaders
int source_loader_exec(Thread *t, V loader, V module); // _LoaderBasics.exec_module
int import_fix_filename(Thread *t, V code, V filename); // _imp._fix_co_filename
V file_read_all(Thread *t, V path);                  // bytes; OSError
V file_read_fd(Thread *t, int fd);                   // to the end
V source_decode(Thread *t, V bytes);                 // decode_source: universal newlines
V source_code(Thread *t, V loader, V fullname);      // SourceLoader.get_code: through the cache file

// ---- cache files (import_cache.c) ------------------------------------------------------------------------------------------
#define PYC_MAGIC_NUMBER 25675 // "Hd"; one more with every change of what code objects hold
enum { PYC_HEADER = 16, PYC_HASH_BASED = 1, PYC_CHECK_SOURCE = 2 };
V cache_from_source(Thread *t, V path, int optimization); // __pycache__/NAME.heddle-311.pyc; NotImplementedError
V pyc_magic(Thread *t);                              // bytes of length 4
V pyc_timestamp(Thread *t, V code, uint32_t mtime, uint32_t size); // contents
V pyc_hashed(Thread *t, V code, uint64_t hash, bool check);
uint64_t pyc_source_hash(const void *data, size_t n);
// The flags word, after checking magic and length: -1 with ImportError or EOFError.
int pyc_classify(Thread *t, V data, V name, V path, uint32_t *flags);
int file_write_atomic(Thread *t, V path, V data, int mode);
#endif
