package sqlite

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"

	"retake/internal/retake"
)

// columns are those that scanGeneration reads, in its order.
const columns = `g.id, g.namespace, g.username, g.model, g.params, g.prompt, g.engine, g.priority,
	g.target_namespace, g.target_repo, g.target_directory, g.status, g.phase, g.fraction, g.eta,
	g.attempts, g.fence, g.worker, g.lease, g.result_file, g.error, g.error_code, g.error_field,
	g.segment_start, g.segment_end, g.report, g.warnings, g.cost, g.enqueued, g.started, g.completed, g.input, g.input_namespace,
	g.waits, g.wait_reason, g.wait_until, g.note, g.request, g.currency,
	CASE g.result_file WHEN '' THEN NULL ELSE (SELECT f.size FROM files f WHERE f.generation = g.id) END`

// scanGeneration reads columns, and extra columns after them into extra.
func scanGeneration(row scanner, extra ...any) (*retake.Generation, error) {
	var (
		g                                   retake.Generation
		start, end                          sql.NullFloat64
		lease, enqueued, started, completed int64
		waitUntil                           int64
		params                              string
		warnings, cost, input               sql.NullString
		size                                sql.NullInt64
		status, phase, code                 string
	)
	into := []any{
		&g.ID, &g.Namespace, &g.Username, &g.Model, &params, &g.Prompt, &g.Engine, &g.Priority,
		&g.TargetNamespace, &g.TargetRepo, &g.TargetDirectory, &status, &phase, &g.Progress.Fraction, &g.Progress.ETA,
		&g.Attempts, &g.Fence, &g.Worker, &lease, &g.ResultFile, &g.Error, &code, &g.ErrorField,
		&start, &end, &g.Report, &warnings, &cost, &enqueued, &started, &completed, &input, &g.InputNamespace,
		&g.Waits, &g.WaitReason, &waitUntil, &g.Note, &g.Request, &g.Currency, &size,
	}
	if err := row.Scan(append(into, extra...)...); err != nil {
		return nil, err
	}
	g.WaitUntil = fromMicros(waitUntil)
	g.Input, g.ResultSize = input.String, size.Int64
	g.Status, g.Progress.Phase, g.ErrorCode = retake.Status(status), retake.Phase(phase), retake.Code(code)
	g.Lease, g.Enqueued, g.Started, g.Completed = fromMicros(lease), fromMicros(enqueued), fromMicros(started), fromMicros(completed)
	if start.Valid && end.Valid {
		g.Segment = &retake.Segment{Start: start.Float64, End: end.Float64}
	}
	if cost.Valid {
		g.Cost = &cost.String
	}
	var err error
	if g.Params, err = decodeParams(params); err != nil {
		return nil, fmt.Errorf("parameters of generation %s: %w", g.ID, err)
	}
	if warnings.Valid {
		if err := json.Unmarshal([]byte(warnings.String), &g.Warnings); err != nil {
			return nil, fmt.Errorf("warnings of generation %s: %w", g.ID, err)
		}
	}
	return &g, nil
}

// decodeParams reads parameters as encoding/json does, except that a whole number that a float64 cannot hold
// exactly (a large seed) stays a json.Number.
func decodeParams(text string) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		return nil, err
	}
	for k, v := range m {
		m[k] = plainNumbers(v)
	}
	return m, nil
}

func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return v
		}
		if n, err := v.Int64(); err == nil && strconv.FormatFloat(f, 'f', -1, 64) != strconv.FormatInt(n, 10) {
			return v
		}
		return f
	case map[string]any:
		for k, e := range v {
			v[k] = plainNumbers(e)
		}
	case []any:
		for i, e := range v {
			v[i] = plainNumbers(e)
		}
	}
	return v
}

// textOrNull keeps NULL for what is not there.
func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// encodeList writes a list as JSON, NULL for an empty one.
func encodeList(list []string) (any, error) {
	if len(list) == 0 {
		return nil, nil
	}
	return encodeJSON(list)
}

func encodeJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
