package mp

import (
	"reflect"
	"sync"
	"time"
)

// Register makes the type of example known to receivers that do not know what
// comes: Recv[any], and fields, elements and map values of interface types. With
// a type T, *T and []T are registered too. Call it from a package-level variable
// or an init function, so that every process of the program does; registering a
// type again changes nothing. The basic types, time.Time, time.Duration and
// slices and string-keyed maps of basic types need no registration, nor does the
// type of a target's argument.
func Register(example any) {
	if example == nil {
		return
	}
	registerType(reflect.TypeOf(example))
}

func registerType(t reflect.Type) {
	registry.mu.Lock()
	registry.waiting = append(registry.waiting, t)
	registry.mu.Unlock()
}

// Types wait until somebody receives an unknown one: most processes never do.
var registry struct {
	mu      sync.Mutex
	waiting []reflect.Type
	byTag   map[string]reflect.Type
}

// registered returns the type with that tag, or nil.
func registered(tag string) reflect.Type {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	if registry.byTag == nil {
		registry.byTag = map[string]reflect.Type{}
		registry.waiting = append(builtin(), registry.waiting...)
	}
	for _, t := range registry.waiting {
		for _, t := range []reflect.Type{t, reflect.PointerTo(t), reflect.SliceOf(t)} {
			registry.byTag[tagOf(t)] = t
		}
		if t.Kind() == reflect.Pointer {
			registry.byTag[tagOf(t.Elem())] = t.Elem()
		}
	}
	registry.waiting = nil
	return registry.byTag[tag]
}

// builtin is a function because only a receiver of unknown types pays for it.
func builtin() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[bool](), reflect.TypeFor[string](), reflect.TypeFor[any](),
		reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int16](), reflect.TypeFor[int32](), reflect.TypeFor[int64](),
		reflect.TypeFor[uint](), reflect.TypeFor[uint8](), reflect.TypeFor[uint16](), reflect.TypeFor[uint32](), reflect.TypeFor[uint64](),
		reflect.TypeFor[uintptr](), reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[complex64](), reflect.TypeFor[complex128](),
		reflect.TypeFor[[]int](), reflect.TypeFor[[]float64](), reflect.TypeFor[[]string](), reflect.TypeFor[[]byte](),
		reflect.TypeFor[map[string]any](), reflect.TypeFor[map[string]string](), reflect.TypeFor[map[string]int](),
		reflect.TypeFor[map[string]float64](), reflect.TypeFor[map[string]bool](),
		reflect.TypeFor[map[int]int](), reflect.TypeFor[map[int]string](),
		reflect.TypeFor[time.Duration](), reflect.TypeFor[time.Time](),
		reflect.TypeFor[*Lock](), reflect.TypeFor[*Conn](),
		reflect.TypeFor[*Value[int]](), reflect.TypeFor[*Value[float64]](),
		reflect.TypeFor[*Array[int]](), reflect.TypeFor[*Array[float64]](),
	}
}
