package mp

import "iter"

// entries is a dict as its manager keeps it: encoded keys and values, in the
// order in which the keys came.
type entries struct {
	place map[string]int // index into list
	list  []entry        // with holes where keys were deleted
}

type entry struct {
	key   string
	value []byte
	live  bool
}

func newEntries() *entries { return &entries{place: map[string]int{}} }

func (m *entries) len() int { return len(m.place) }

func (m *entries) get(key []byte) ([]byte, bool) {
	i, ok := m.place[string(key)]
	if !ok {
		return nil, false
	}
	return m.list[i].value, true
}

func (m *entries) set(key, value []byte) {
	if i, ok := m.place[string(key)]; ok {
		m.list[i].value = append(m.list[i].value[:0], value...)
		return
	}
	m.place[string(key)] = len(m.list)
	m.list = append(m.list, entry{string(key), clone(value), true})
}

func (m *entries) delete(key []byte) {
	i, ok := m.place[string(key)]
	if !ok {
		return
	}
	delete(m.place, string(key))
	m.list[i] = entry{}
	if len(m.list) > 2*len(m.place)+16 {
		m.close()
	}
}

// close closes the holes in the list.
func (m *entries) close() {
	list := m.list[:0]
	for _, x := range m.list {
		if x.live {
			m.place[x.key] = len(list)
			list = append(list, x)
		}
	}
	clear(m.list[len(list):])
	m.list = list
}

func (m *entries) all() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for _, x := range m.list {
			if x.live && !yield(x.key, x.value) {
				return
			}
		}
	}
}
