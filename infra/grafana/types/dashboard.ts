// What a dashboard's file may hold: Grafana's own types, with the values of its enumerations as they stand in JSON.
import type { Dashboard, DataQuery, DataSourceRef, Panel } from '@grafana/schema';
import type { Options as TimeSeriesOptions } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

type Json<T> = T extends string ? `${T}` : T extends object ? { [Key in keyof T]: Json<T[Key]> } : T;

interface PrometheusQuery extends DataQuery {
  datasource: DataSourceRef & { type: 'prometheus' };
  expr: string;
  legendFormat: string;
}

interface TimeSeriesPanel extends Omit<Panel, 'options' | 'targets'> {
  type: 'timeseries';
  options: TimeSeriesOptions;
  targets: PrometheusQuery[];
}

export type DashboardFile = Json<Omit<Dashboard, 'panels'> & { panels: TimeSeriesPanel[] }>;
