package build

// A starter is what runs code of a program's own on a goroutine. Where an exercise
// forbids goroutines it may not be mentioned, in whatever form: the name is that of
// types.Func.FullName, or PACKAGE.TYPE.FIELD of a field.
//
// What starts a goroutine that runs only the library's code is none: io.Pipe, timers
// and tickers that send on a channel, signal.Notify, exec.Cmd with files or buffers,
// an http.Client. What calls back on the goroutine that calls it is none either.
var starters = map[string]string{
	"(*crypto/tls.QUICConn).Start":                "calls its configuration's functions on a goroutine",
	"(*database/sql.DB).Conn":                     "opens connections on a goroutine",
	"(*net/http.Server).ListenAndServe":           onRequest,
	"(*net/http.Server).ListenAndServeTLS":        onRequest,
	"(*net/http.Server).RegisterOnShutdown":       onGoroutine,
	"(*net/http.Server).Serve":                    onRequest,
	"(*net/http.Server).ServeTLS":                 onRequest,
	"(*net/http/httputil.ReverseProxy).ServeHTTP": "copies on goroutines",
	"(*net/rpc.Server).Accept":                    onRequest,
	"(*net/rpc.Server).ServeCodec":                onRequest,
	"(*net/rpc.Server).ServeConn":                 onRequest,
	"(*net/rpc.Server).ServeHTTP":                 onRequest,
	"(*sync.WaitGroup).Go":                        onGoroutine,
	"(*testing.B).Run":                            onGoroutine,
	"(*testing.B).RunParallel":                    onGoroutine,
	"(*testing.F).Fuzz":                           onGoroutine,
	"(*testing.M).Run":                            onGoroutine,
	"(*testing.T).Run":                            onGoroutine,
	"context.AfterFunc":                           onGoroutine,
	"database/sql.Open":                           "calls its driver on a goroutine",
	"database/sql.OpenDB":                         "calls its driver on a goroutine",
	"iter.Pull":                                   onGoroutine,
	"iter.Pull2":                                  onGoroutine,
	"net.Dialer.Control":                          onGoroutine,
	"net.Dialer.ControlContext":                   onGoroutine,
	"net.Resolver.Dial":                           onGoroutine,
	"net/http.ListenAndServe":                     onRequest,
	"net/http.ListenAndServeTLS":                  onRequest,
	"net/http.NewFileTransport":                   onRequest,
	"net/http.NewFileTransportFS":                 onRequest,
	"net/http.Serve":                              onRequest,
	"net/http.ServeTLS":                           onRequest,
	"net/http.TimeoutHandler":                     onRequest,
	"net/http.Transport.Dial":                     onGoroutine,
	"net/http.Transport.DialContext":              onGoroutine,
	"net/http.Transport.DialTLS":                  onGoroutine,
	"net/http.Transport.DialTLSContext":           onGoroutine,
	"net/http.Transport.GetProxyConnectHeader":    onGoroutine,
	"net/http.Transport.OnProxyConnectResponse":   onGoroutine,
	"net/http/fcgi.Serve":                         onRequest,
	"net/http/httptest.NewServer":                 onRequest,
	"net/http/httptest.NewTLSServer":              onRequest,
	"net/http/httptest.NewUnstartedServer":        onRequest,
	"net/http/httptrace.WithClientTrace":          onGoroutine,
	"net/rpc.Accept":                              onRequest,
	"net/rpc.NewClient":                           "reads its connection on a goroutine",
	"net/rpc.NewClientWithCodec":                  "reads its connection on a goroutine",
	"net/rpc.ServeCodec":                          onRequest,
	"net/rpc.ServeConn":                           onRequest,
	"net/rpc/jsonrpc.NewClient":                   "reads its connection on a goroutine",
	"net/rpc/jsonrpc.ServeConn":                   onRequest,
	"os/exec.Cmd.Cancel":                          onGoroutine,
	"runtime.AddCleanup":                          onGoroutine,
	"runtime.SetFinalizer":                        onGoroutine,
	"testing.Benchmark":                           onGoroutine,
	"testing.Main":                                onGoroutine,
	"testing.MainStart":                           onGoroutine,
	"testing.RunBenchmarks":                       onGoroutine,
	"testing.RunTests":                            onGoroutine,
	"testing/synctest.Test":                       onGoroutine,
	"time.AfterFunc":                              onGoroutine,
}

const (
	onGoroutine = "runs a function on a goroutine"
	onRequest   = "answers each request on a goroutine"
)

// handed are fields and parameters whose value is read or written on a goroutine:
// harmless with a file or a value of the library's own, and not with a type whose
// methods are the program's. A parameter is named FUNCTION#NUMBER, from 0.
var handed = map[string]string{
	"(*net/http.Client).Post#2":        "reads it on a goroutine",
	"net/http.NewRequest#2":            "reads it on a goroutine",
	"net/http.NewRequestWithContext#3": "reads it on a goroutine",
	"net/http.Post#2":                  "reads it on a goroutine",
	"net/http.Request.Body":            "reads it on a goroutine",
	"os/exec.Cmd.Stderr":               "writes to it on a goroutine",
	"os/exec.Cmd.Stdin":                "reads it on a goroutine",
	"os/exec.Cmd.Stdout":               "writes to it on a goroutine",
	"runtime/pprof.StartCPUProfile#0":  "writes to it on a goroutine",
	"runtime/trace.Start#0":            "writes to it on a goroutine",
}

// byName find methods by their names, also such that start a goroutine. They are
// refused in a program that mentions a type that has one.
var byName = map[string]bool{
	"(*html/template.Template).Execute":         true,
	"(*html/template.Template).ExecuteTemplate": true,
	"(*text/template.Template).Execute":         true,
	"(*text/template.Template).ExecuteTemplate": true,
	"(reflect.Type).Method":                     true,
	"(reflect.Type).MethodByName":               true,
	"(reflect.Type).Methods":                    true,
	"(reflect.Value).Method":                    true,
	"(reflect.Value).MethodByName":              true,
	"(reflect.Value).Methods":                   true,
}
