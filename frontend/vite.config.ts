import react from '@vitejs/plugin-react'
import { VitePWA } from 'vite-plugin-pwa'
import { loadEnv } from 'vite'
import { defineConfig } from 'vitest/config'

const API = loadEnv('', '.', 'PEDALCAST_').PEDALCAST_API ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [
    react(),
    VitePWA({
      registerType: 'autoUpdate',
      injectRegister: false,
      manifest: {
        name: 'Pedalcast',
        short_name: 'Pedalcast',
        description: 'Will there be a bike when I get there? A free dock?',
        display: 'standalone',
        start_url: '/',
        background_color: '#f6f8f8',
        theme_color: '#0b6e75',
        icons: [
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any maskable' },
        ],
      },
      workbox: {
        globPatterns: ['**/*.{js,mjs,css,html,svg}'],
        maximumFileSizeToCacheInBytes: 4_000_000,
        navigateFallbackDenylist: [/^\/(api|ai|gbfs|admin|docs|metrics|health|ready|mcp|openapi)/],
        runtimeCaching: [
          {
            // The last data seen, for an offline opening; their own time says how old they are. The function is copied
            // into the service worker as text: it can use nothing from outside itself.
            urlPattern: ({ url, sameOrigin }) =>
              sameOrigin && /^\/api\/v1\/(realtime\/stations|predict\/stations|notices)$/.test(url.pathname),
            handler: 'NetworkFirst',
            options: { cacheName: 'live', networkTimeoutSeconds: 8, expiration: { maxEntries: 12 } },
          },
        ],
      },
    }),
  ],
  server: {
    // The service compares a browser's Origin with the host it is asked at: that stays this server's.
    proxy: Object.fromEntries(
      ['/api', '/ai', '/gbfs', '/docs', '/openapi.json', '/ready', '/health', '/admin', '/metrics', '/mcp'].map((path) => [path, { target: API, changeOrigin: false }]),
    ),
  },
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 1200 },
  // One process for all files: starting one for each takes longer than the tests.
  test: { environment: 'jsdom', testTimeout: 60_000, pool: 'threads', isolate: false, fileParallelism: false, include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/test/setup.ts'] },
})
