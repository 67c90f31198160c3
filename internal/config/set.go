package config

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// set stores raw, as a YAML file or an environment variable gives it, in the field.
func (f Field) set(raw any) error {
	if f.value.Type() == reflect.TypeFor[time.Duration]() {
		return f.setDuration(raw)
	}
	switch f.value.Kind() {
	case reflect.String:
		return f.setString(raw)
	case reflect.Bool:
		b, err := strconv.ParseBool(fmt.Sprint(raw))
		if err != nil {
			return fmt.Errorf("must be true or false, got %q", fmt.Sprint(raw))
		}
		f.value.SetBool(b)
	case reflect.Int, reflect.Int64, reflect.Int32:
		return f.setInt(raw)
	case reflect.Float64:
		n, err := strconv.ParseFloat(fmt.Sprint(raw), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return fmt.Errorf("must be a number, got %q", fmt.Sprint(raw))
		}
		f.value.SetFloat(n)
	case reflect.Slice:
		return f.setList(raw)
	default:
		return fmt.Errorf("has a type that settings can't have: %s", f.value.Type())
	}
	return nil
}

func (f Field) setString(raw any) error {
	switch raw.(type) {
	case nil:
		f.value.SetString("")
	case map[string]any, []any:
		return errors.New("must be one value, got a list or a section")
	default:
		f.value.SetString(fmt.Sprint(raw))
	}
	return nil
}

func (f Field) setDuration(raw any) error {
	s := fmt.Sprint(raw)
	d, err := time.ParseDuration(s)
	if s == "0" {
		d, err = 0, nil
	}
	if err != nil {
		return fmt.Errorf("must be a duration such as 30s, 5m or 1h30m, got %q", s)
	}
	f.value.SetInt(int64(d))
	return nil
}

// setInt takes whole numbers, with a size suffix (KB, MB, GB: powers of 1024) where one is given.
func (f Field) setInt(raw any) error {
	s := strings.ReplaceAll(fmt.Sprint(raw), "_", "")
	factor := int64(1)
	for i, unit := range []string{"KB", "MB", "GB"} {
		if rest, ok := strings.CutSuffix(strings.ToUpper(s), unit); ok {
			s, factor = strings.TrimSpace(rest), 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > math.MaxInt64/factor || n < math.MinInt64/factor || f.value.OverflowInt(n*factor) {
		return fmt.Errorf("must be a whole number, with KB, MB or GB after it if it is a size, got %q", fmt.Sprint(raw))
	}
	f.value.SetInt(n * factor)
	return nil
}

func (f Field) setList(raw any) error {
	var items []any
	switch v := raw.(type) {
	case nil:
	case []any:
		items = v
	case string:
		for e := range strings.SplitSeq(v, ",") {
			if e = strings.TrimSpace(e); e != "" {
				items = append(items, e)
			}
		}
	default:
		return fmt.Errorf("must be a list, got %q", fmt.Sprint(raw))
	}
	list := reflect.MakeSlice(f.value.Type(), len(items), len(items))
	for i, item := range items {
		if err := (Field{value: list.Index(i)}).set(item); err != nil {
			return fmt.Errorf("has a wrong item: it %w", err)
		}
	}
	f.value.Set(list)
	return nil
}
